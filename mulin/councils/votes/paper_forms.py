"""The forms of the paper channel."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from mulin.councils.votes import paper_batches
from mulin.councils.votes.models import Vote

BYTES = 5_000_000


class Typed(forms.Form):
    """A batch of papers, one a line."""

    papers = forms.CharField(
        label=gettext_lazy("一行一张"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("写选项的号；选几个的用空格隔开，排序的按先后写；空白票写 0，废票写 x"),
    )  # fmt: skip


class Again(Typed):
    """The second person's typing, with the code of the slip."""

    slip = forms.CharField(
        label=gettext_lazy("封条码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("写在包这一摞票的纸条上，12个字母和数字"),
    )  # fmt: skip
    field_order = ["slip", "papers"]


class Batch(Typed):
    """The first person's typing."""

    name = forms.CharField(
        label=gettext_lazy("这一摞的编号"), max_length=paper_batches.NAME_LENGTH,
        help_text=gettext_lazy("写在包这一摞票的纸条上，例如 1。一摞25张左右，最多50张"),
    )  # fmt: skip
    field_order = ["name", "papers"]


class File(forms.Form):
    """A file of the official system."""

    file = forms.FileField(
        label=gettext_lazy("CSV 文件"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("里面是什么"), widget=forms.RadioSelect,
        choices=[
            ("papers", gettext_lazy("一行一票：录入这里，合在一起计")),
            ("totals", gettext_lazy("合计：只和这里的票核对")),
        ],
    )  # fmt: skip

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > BYTES:
            raise forms.ValidationError(gettext_lazy("文件太大，请拆成几个。"))
        return found


class Prints(forms.Form):
    """Which papers to print."""

    building = forms.ChoiceField(label=gettext_lazy("哪栋楼"), required=False)
    n = forms.IntegerField(label=gettext_lazy("印几张"), min_value=1, max_value=500, required=False)

    def __init__(self, vote: Vote, buildings: list[tuple[str, str]], data: Any = None):
        super().__init__(data, initial={"n": 25})
        self.fields["building"].choices = [("", gettext_lazy("全部")), *buildings]
        del self.fields["building" if vote.is_secret else "n"]
