from django.urls import path

from mulin.samples.views import samples

app_name = "samples"
urlpatterns = [
    path("", samples.sample_list, name="list"),
    path("new/", samples.sample_open, name="sample-open"),
    path("<uuid:sample>/", samples.sample_detail, name="sample-detail"),
    path("<uuid:sample>/<slug:move>/", samples.sample_move, name="sample-move"),
]
