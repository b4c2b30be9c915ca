"""Every write about people. By topic; other modules import from here."""

from mulin.people.actions.accounts import (
    accept_privacy,
    close_account,
    create_account,
    first_admin,
    new_username,
    open_account,
    set_phone,
    set_profile,
    sign_up,
)
from mulin.people.actions.groups import add_member, adopt_place, create_group, end_membership, update_group
from mulin.people.actions.organisations import close_organisation, create_organisation, update_organisation
from mulin.people.actions.personal import (
    erase_account,
    erase_me,
    export_my_data,
    note_secret_read,
    read_phone,
)
from mulin.people.actions.posts import end_post, give_post, hand_over, name_deputy
from mulin.people.actions.recovery import (
    change_password,
    end_sessions,
    find_recovery_link,
    make_recovery_link,
    set_password_by_code,
    use_recovery_link,
)
from mulin.people.actions.residences import (
    ask_residence,
    decide_residence,
    end_residence,
    make_invitations,
    use_invitation,
)
from mulin.people.actions.tokens import issue_token, make_token, revoke_token

__all__ = [
    "accept_privacy",
    "add_member",
    "adopt_place",
    "ask_residence",
    "change_password",
    "close_account",
    "close_organisation",
    "create_account",
    "create_group",
    "create_organisation",
    "decide_residence",
    "end_membership",
    "end_post",
    "end_residence",
    "end_sessions",
    "erase_account",
    "erase_me",
    "export_my_data",
    "find_recovery_link",
    "first_admin",
    "give_post",
    "hand_over",
    "issue_token",
    "make_invitations",
    "make_recovery_link",
    "make_token",
    "name_deputy",
    "new_username",
    "note_secret_read",
    "open_account",
    "read_phone",
    "revoke_token",
    "set_password_by_code",
    "set_phone",
    "set_profile",
    "sign_up",
    "update_group",
    "update_organisation",
    "use_invitation",
    "use_recovery_link",
]
