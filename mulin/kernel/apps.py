from django.apps import AppConfig
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import Field
from django.utils.translation import gettext_lazy as _

# Django's own sentences speak of fields and values; residents do not.
Field.default_error_messages["required"] = _("这一项还没填。")
MinValueValidator.message = _("最小填 %(limit_value)s。")
MaxValueValidator.message = _("最大填 %(limit_value)s。")


class KernelConfig(AppConfig):
    name = "mulin.kernel"
    label = "kernel"
