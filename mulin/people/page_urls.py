from django.urls import path

from mulin.people.views import account, groups, personal, security

app_name = "people"
urlpatterns = [
    path("", account.account, name="account"),
    path("residence/", account.residence, name="residence"),
    path("residence/<uuid:residence_id>/end/", account.residence_end, name="residence-end"),
    path("residence/code/", account.invitation_use, name="invitation-use"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<uuid:group_id>/", groups.group, name="group"),
    path("groups/<uuid:group_id>/leave/", groups.leave, name="group-leave"),
    path("privacy/", personal.privacy, name="privacy"),
    path("reads/", personal.reads, name="reads"),
    path("data/", personal.data, name="data"),
    path("erase/", personal.erase, name="erase"),
    path("erase/code/", personal.erase_code, name="erase-code"),
    path("erased/", personal.erased, name="erased"),
    path("tokens/", security.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", security.token_revoke, name="token-revoke"),
    path("security/", security.security, name="security"),
    path("security/end/", security.sessions_end, name="sessions-end"),
    path("second-factor/required/", security.second_factor, name="second-factor"),
    path("password/new/", security.new_password, name="new-password"),
    path("recover/<str:secret>/", security.recover, name="recover"),
]
