"""Every page in a real browser: what it shows, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from foretaste.console.parts.colours import contrast

from .browsing import Browser, Keys

pytestmark = pytest.mark.browser

PAGES = {
    "/": "What would you like?",
    "/?user=ann": "For ann",
    "/people": "People",
    "/people?id=ann": "What they did",
    "/items": "Items",
    "/items?id=alien-1979": "Who would like it",
    "/items?new=1": "Add an item",
    "/quality": "Quality",
    "/experiments": "Experiments",
    "/operations": "Jobs and health",
    "/operations?tab=models": "answers now",
    "/operations?tab=keys": "New key",
    "/operations?tab=data": "Export everything",
    "/operations?tab=audit": "Audit log",
}


@pytest.mark.parametrize("path", PAGES)
def test_page(browser: Browser, path: str) -> None:
    browser.open(path)
    browser.wait_text(PAGES[path])
    assert browser.errors() == []
    assert browser.foreign() == []
    headings = browser.all("h1")
    assert len(headings) == 1, "one heading says what the page is"
    assert browser.nameless() == [], "a screen reader would be at a loss"
    browser.size(390, 844)
    assert not browser.scrolls_sideways()
    browser.theme("dark")
    style = "return getComputedStyle(document.body)"
    ground, ink = (browser.driver.execute_script(f"{style}.{one}") for one in
                   ("backgroundColor", "color"))  # fmt: skip
    assert contrast(rgb(ground), "#ffffff") > 15 and contrast(rgb(ground), rgb(ink)) > 12


def rgb(text: str) -> str:
    red, green, blue = (int(part) for part in text[4:-1].split(","))
    return f"#{red:02x}{green:02x}{blue:02x}"


def test_signing_in_by_keyboard_alone(browser: Browser) -> None:
    made = browser.running.service.access.create_key("default", "reader", "keyboard")
    browser.fresh()
    browser.driver.get(browser.running.console + "/people")
    browser.labelled("Key").send_keys(made.key + Keys.ENTER)
    browser.wait_text("Find somebody")
    assert browser.driver.current_url.endswith("/console/people")


def test_signing_out(browser: Browser) -> None:
    browser.open("/")
    browser.button("Sign out").click()
    browser.wait_text("You are signed out")
    browser.driver.get(browser.running.console + "/people")
    browser.wait_text("With a key")


def test_the_switch_of_themes_is_remembered(browser: Browser) -> None:
    browser.open("/")
    browser.button("Switch between light and dark").click()
    chosen = "return document.documentElement.dataset.theme"
    assert browser.driver.execute_script(chosen) == "dark"
    browser.open("/people")
    assert browser.driver.execute_script(chosen) == "dark"
    browser.driver.execute_script("localStorage.clear()")


def test_the_first_tab_leads_past_the_navigation(browser: Browser) -> None:
    browser.open("/people")
    browser.keys(Keys.TAB)
    assert browser.focused().text == "Skip to the content"
    browser.keys(Keys.ENTER, Keys.TAB)
    assert browser.focused().get_attribute("type") == "search"
    outline = browser.driver.execute_script(
        "return getComputedStyle(document.activeElement).outlineStyle"
    )
    assert outline == "solid", "the focus can be seen"


def titles(browser: Browser) -> list[str]:
    return [one.text for one in browser.all(".pick h3 a")]


def test_a_wish_by_keyboard(browser: Browser) -> None:
    browser.open("/")
    browser.one(".pick")
    before = titles(browser)
    browser.labelled("A wish, in plain words").send_keys("a robot far away in space" + Keys.ENTER)
    browser.wait_text("wishing for “a robot far away in space”")
    browser.until(lambda: titles(browser) and titles(browser) != before)
    assert browser.all(".reasons .weight"), "weights are drawn"
    assert "wish" in browser.one(".reasons").text


def test_a_person_is_picked_with_arrow_keys(browser: Browser) -> None:
    browser.open("/")
    box = browser.labelled("For somebody")
    box.send_keys("ann")

    def marked() -> str:
        # The options follow every letter: what is marked is read in the page, in one go.
        return str(
            browser.driver.execute_script(
                "const id = arguments[0].getAttribute('aria-activedescendant');"
                "const one = id && document.getElementById(id);"
                "return one ? one.querySelector('.t').textContent.trim() : '';",
                box,
            )
        )

    browser.until(lambda: marked() == "ann", "the person is not marked")
    box.send_keys(Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER)
    browser.wait_text("For ann")
    assert box.get_attribute("aria-expanded") == "false"
    browser.button("For nobody in particular").click()
    browser.wait_text("For nobody in particular")


def test_a_history_is_clicked_together(browser: Browser) -> None:
    browser.open("/")
    browser.one(".pick")
    browser.all(".starter")[0].click()
    browser.wait_text("after 1 title")
    browser.all(".starter")[1].click()
    browser.wait_text("after 2 titles")
    browser.one(".chip button").click()
    browser.wait_text("after 1 title")


def test_a_thumb_changes_the_list_at_once_and_is_on_record(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/?user=bob")
    browser.one(".pick")
    first = titles(browser)[0]
    kept = len(workspace.events(user_id="bob", kind="like", n=500).items)
    browser.button(f"More like this: {first}").click()
    browser.until(lambda: titles(browser) and first not in titles(browser), "the list stays")
    events = workspace.events(user_id="bob", kind="like", n=500).items
    assert len(events) == kept + 1
    answer_id = events[0].event.answer_id
    assert answer_id is not None
    assert workspace.answer_shown(answer_id).user_id == "bob", "attributed to the list shown"
    said = [one.get_attribute("textContent") or "" for one in browser.all("[role=status]")]
    assert any("List changed" in one for one in said)
    assert browser.all(".pick .chip"), "what moved is marked"


def test_the_keyboard_stays_in_the_list_while_it_changes(browser: Browser) -> None:
    browser.open("/")
    browser.one(".pick")
    before = titles(browser)
    browser.button(f"Less like this: {before[2]}").send_keys(Keys.ENTER)
    browser.until(lambda: titles(browser) and before[2] not in titles(browser))
    third = f"Less like this: {titles(browser)[2]}"
    browser.until(lambda: browser.focused().accessible_name == third, "the focus is lost")


def test_variety_and_before_and_after(browser: Browser) -> None:
    browser.open("/?user=ann")
    browser.one(".pick")
    browser.slide("Variety", 16)
    browser.until(lambda: browser.labelled("Variety").get_attribute("aria-valuetext") == "much")
    button = browser.button("Before and after")
    button.send_keys(Keys.ENTER)
    browser.until(
        lambda: browser.button("Before and after").get_attribute("aria-pressed") == "true"
    )
    browser.until(lambda: {one.text for one in browser.all("h3")} >= {"Before", "After"})
    assert len(browser.all(".two ol.picks")) == 2


def test_what_chance_put_there_is_marked(browser: Browser) -> None:
    browser.open("/?user=ann")
    browser.one(".pick")
    browser.slide("Left to chance", 10)
    browser.until(lambda: "explored" in browser.text(), "nothing is marked as explored")


def test_events_are_taken_back(browser: Browser) -> None:
    from foretaste.core import Event

    workspace = browser.running.service.workspace()
    workspace.record([Event("alien-1979", "like", user_id="taker", time_s=1.7e9)])
    browser.open("/people?id=taker")
    browser.wait_text("Alien")
    browser.button("Take back: like").click()
    browser.wait_text("No events")
    assert not workspace.events(user_id="taker").items


def test_consent_is_set_with_the_space_bar(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/people?id=bob")
    browser.labelled("Teach the model").send_keys(Keys.SPACE)
    browser.until(lambda: not workspace.consent("bob").train, "consent was not kept")
    browser.labelled("Teach the model").send_keys(Keys.SPACE)
    browser.until(lambda: workspace.consent("bob").train, "consent was not kept")


def test_somebody_is_forgotten_after_typing_their_id(browser: Browser) -> None:
    from foretaste.core import Event

    workspace = browser.running.service.workspace()
    workspace.record([Event("alien-1979", "like", user_id="leaver", time_s=1.7e9)])
    browser.open("/people?id=leaver")
    browser.button("Forget …").click()
    go = browser.button("Forget for good")
    assert go.get_attribute("disabled") is not None
    browser.labelled("Type leaver to confirm").send_keys("leaver")
    browser.until(lambda: browser.button("Forget for good").is_enabled())
    browser.button("Forget for good").click()
    browser.wait_text("Receipt")
    browser.wait_text("leaver is forgotten")
    assert not workspace.events(user_id="leaver").items


def test_a_new_item_finds_its_audience(browser: Browser) -> None:
    browser.open("/items?new=1")
    browser.labelled("Title").send_keys("The Cartographer of Ice")
    browser.labelled("Synopsis").send_keys(
        "Two sisters map a frozen coast while the station behind them falls silent."
    )
    browser.labelled("Genres").send_keys("Drama, Mystery")
    browser.labelled("Year").send_keys("2026")
    browser.button("Add it").click()
    browser.wait_text("can be recommended")
    browser.until(lambda: browser.all(".audience li"), "no audience appears")
    browser.button("Its page").click()
    browser.wait_text("the-cartographer-of-ice-2026")
    assert browser.errors() == []


def test_text_of_items_and_people_is_never_read_as_html(browser: Browser) -> None:
    bad = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"
    workspace = browser.running.service.workspace()
    workspace.put_items([{"item_id": "a/b?c#d <i>", "title": bad, "synopsis": bad}])
    workspace.put_people([{"user_id": "<script>x</script>", "about": bad}])
    for path in (
        "/items",
        "/items?id=a%2Fb%3Fc%23d+%3Ci%3E",
        "/people?id=%3Cscript%3Ex%3C%2Fscript%3E",
    ):
        browser.open(path)
        browser.wait_text("<img src=x")
        assert "broken" not in browser.driver.title
        assert not browser.driver.find_elements(By.CSS_SELECTOR, "main img, main script, main b b")
    workspace.delete_item("a/b?c#d <i>")


def test_items_are_searched_by_what_they_are_about(browser: Browser) -> None:
    browser.open("/items")
    browser.one(".wall-of-covers")
    browser.labelled("Search").send_keys("alien" + Keys.ENTER)
    browser.until(lambda: "Alien" in browser.one(".wall-of-covers li").text)
    browser.labelled("Search").send_keys(Keys.CONTROL, "a")
    browser.labelled("Search").send_keys(Keys.BACKSPACE)


def test_an_experiment_from_draft_to_end(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/experiments")
    browser.button("New experiment").click()
    browser.labelled("Name").send_keys("more-variety")
    browser.slide("Variety", 8)
    browser.button("Save the draft").click()
    browser.wait_text("more-variety")
    browser.button("Start").click()
    browser.until(lambda: workspace.experiments()[0].status == "running")
    browser.button("Read the result").click()
    browser.wait_text("Nobody has been seen yet")
    browser.button("Stop").click()
    browser.until(lambda: workspace.experiments()[0].status == "stopped")
    workspace.delete_experiment("more-variety")


def test_exploration_is_set(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/experiments")
    browser.choose("Rule", "thompson")
    browser.button("Save").click()
    browser.until(lambda: workspace.exploration().kind == "thompson")
    browser.choose("Rule", "none")
    browser.button("Save").click()
    browser.until(lambda: workspace.exploration().kind == "none")


def test_satisfaction_is_reported(browser: Browser) -> None:
    from foretaste.core import Event, Query

    workspace = browser.running.service.workspace()
    answer = workspace.recommend(Query("ann", n=5))
    workspace.record([Event(answer.item_ids[0], "like", user_id="ann", answer_id=answer.answer_id)])
    browser.open("/experiments")
    browser.button("Read the report").click()
    browser.wait_text("Clicks")
    browser.wait_text("taste")


def test_drift_is_looked_for(browser: Browser) -> None:
    browser.open("/operations")
    browser.button("Compare now").click()
    browser.button("Look again")
    assert browser.errors() == []


def test_a_job_is_started_and_followed_to_its_end(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/operations?tab=data")
    before = len(workspace.transfers())
    browser.button("Export").click()
    browser.until(lambda: len(workspace.transfers()) == before + 1, "nothing was exported")
    browser.until(lambda: len(browser.all("a[download]")) >= before + 1, "the page did not follow")


def test_a_model_that_answers_is_named(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    browser.open("/operations?tab=models")
    browser.wait_text(workspace.bundles()[0].name)


def test_a_key_is_shown_once_and_revoked(browser: Browser) -> None:
    access = browser.running.service.access
    browser.open("/operations?tab=keys")
    browser.labelled("What it is for").send_keys("shop window")
    browser.choose("What it may do", "page")
    browser.button("Make a key").click()
    secret = browser.one(".secret").text
    assert access.authenticate(secret).role == "page"
    browser.open("/operations?tab=keys")
    assert secret not in browser.driver.page_source
    browser.button("Revoke shop window").click()
    browser.labelled("Type shop window to confirm").send_keys("shop window" + Keys.ENTER)
    browser.until(
        lambda: any(k.revoked_s for k in access.keys("default") if k.name == "shop window")
    )


def test_two_visitors_share_nothing(browser: Browser) -> None:
    browser.open("/")
    browser.labelled("A wish, in plain words").send_keys("a wish of my own" + Keys.ENTER)
    browser.wait_text("a wish of my own")
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    browser.open("/")
    browser.one(".pick")
    assert "a wish of my own" not in browser.text()
    browser.driver.close()
    browser.driver.switch_to.window(first)
    assert "a wish of my own" in browser.text()


def test_a_page_left_open_ends_with_its_session(browser: Browser) -> None:
    browser.open("/people")
    cookie = browser.driver.get_cookie("foretaste_console")
    assert cookie is not None
    import httpx

    own = {"origin": browser.running.address}
    jar = {cookie["name"]: cookie["value"]}
    httpx.post(f"{browser.running.console}/leave", cookies=jar, headers=own)
    browser.labelled("Search").send_keys("ann" + Keys.ENTER)
    login = browser.running.console + "/login"
    browser.until(lambda: browser.driver.current_url == login, "the page goes on")


def test_an_unknown_page_leads_back(browser: Browser) -> None:
    browser.open("/nowhere/at/all")
    browser.button("Go to Discover").click()
    browser.wait_text("What would you like?")
    assert browser.driver.current_url == browser.running.console + "/"


def test_an_item_is_deleted_after_typing_its_id(browser: Browser) -> None:
    workspace = browser.running.service.workspace()
    workspace.put_items([{"item_id": "passing", "title": "Passing", "synopsis": "A short stay."}])
    browser.open("/items?id=passing")
    browser.labelled("Hidden").send_keys(Keys.SPACE)
    browser.until(lambda: workspace.item("passing").hidden, "it is not hidden")
    browser.button("Delete …").click()
    browser.labelled("Type passing to confirm").send_keys("passing" + Keys.ENTER)
    browser.until(lambda: browser.driver.current_url == browser.running.console + "/items")
    browser.open("/items?id=passing")
    browser.wait_text("no item has the id")


def test_a_receipt_can_be_saved(browser: Browser, tmp_path: Path) -> None:
    from foretaste.core import Event

    workspace = browser.running.service.workspace()
    workspace.record([Event("alien-1979", "like", user_id="saver", time_s=1.7e9)])
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    browser.open("/people?id=saver")
    browser.button("Forget …").click()
    browser.labelled("Type saver to confirm").send_keys("saver" + Keys.ENTER)
    browser.button("Save the receipt").click()
    file = tmp_path / "receipt.json"
    browser.until(lambda: file.exists() and file.read_text(), "nothing was saved")
    assert json.loads(file.read_text())["user_id"] == "saver"


def test_the_checks_of_this_file_can_fail(browser: Browser) -> None:
    browser.open("/people")
    browser.driver.execute_script(
        """const main = document.querySelector("main");
        main.append(document.createElement("button"));
        const wide = document.createElement("div"); wide.style.width = "2000px"; wide.append("w");
        main.append(wide);
        const far = document.createElement("img"); far.src = "https://far.example/x.png";
        main.append(far);"""
    )
    assert browser.nameless() == ["button"]
    assert browser.until(lambda: [e for e in browser.errors() if "far.example" in e]), "no policy"
    browser.size(390, 844)
    assert browser.scrolls_sideways()
