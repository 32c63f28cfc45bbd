"""The profile of each user, and the screens that their permissions open."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import heading, tab
from tests.browser.support import THIS_WEEK

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


@pytest.mark.parametrize("user", ["ana", "carl", "mia"])
def test_each_user_sees_their_own_screens_and_profile(
    phone: "Page", sign_in: "Callable[[Page, str], None]", user: str
) -> None:
    sign_in(phone, user)
    expect(heading(phone, THIS_WEEK)).to_be_visible()
    screens = ["Timesheets", "New", *(["Approve"] if user == "mia" else []), "Profile"]
    links = phone.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(len(screens))
    for link, name in zip(links.all(), screens, strict=True):
        expect(link).to_have_accessible_name(name)
    tab(phone, "Profile")
    main = phone.get_by_role("main")
    expect(main).to_contain_text(user.capitalize())
    expect(main).to_contain_text(f"{user}@")
    expect(main.locator(".initials")).to_have_text(re.compile(f"^{user[0]}", re.IGNORECASE))
    approver = "allowed" if user == "mia" else "not allowed"
    expect(main.get_by_role("listitem").filter(has_text="Approve other")).to_contain_text(f": {approver}")
