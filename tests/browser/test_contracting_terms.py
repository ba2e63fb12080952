"""Terms around the contracts: an outage, the calendar data, one's own calendar."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.browser import OpenPage, look


def test_an_outage_is_previewed_published_and_ended(open_page: OpenPage) -> None:
    dirk = open_page(persona="dirk-aanbesteder")
    main = dirk.get_by_role("main")
    dirk.goto("/beheer/onbeschikbaarheden/nieuw")
    look(dirk, "beheer-onbeschikbaarheid-nieuw")
    dirk.watch.allow("422")  # type: ignore[attr-defined]
    with dirk.expect_navigation():
        main.get_by_role("button", name="Gevolgen bekijken").click()
    look(dirk, "beheer-onbeschikbaarheid-fouten")
    dirk.get_by_label("Titel").fill("Opladen en verzenden lukt niet")
    dirk.get_by_label("Onverwacht probleem").check()
    dirk.get_by_label("Opladen").check()
    dirk.get_by_label("Verzenden").check()
    dirk.get_by_label("Vanaf").fill("01/09/2024")
    dirk.get_by_label("Uur van het begin").fill("8:00")
    main.get_by_role("button", name="Gevolgen bekijken").click()
    expect(main).to_contain_text("Geen enkele termijn verandert")
    look(dirk, "beheer-onbeschikbaarheid-gevolgen")
    with dirk.expect_navigation():
        main.get_by_role("button", name="Publiceren").click()
    expect(main).to_contain_text("nog niet bekend")
    look(dirk, "beheer-onbeschikbaarheid")
    main.get_by_role("link", name="Het is voorbij").click()
    look(dirk, "beheer-onbeschikbaarheid-voorbij")

    plain = open_page(persona="dirk-aanbesteder", javascript=False)
    plain.goto(dirk.url)
    bare = plain.get_by_role("main")
    bare.get_by_role("button", name="Einde melden").click()
    expect(bare).to_contain_text("Opgelost")
    bare.get_by_role("link", name="Intrekken").click()
    plain.get_by_label("Reden").fill("Het lag aan één onderneming.")
    bare.get_by_role("button", name="Intrekken").click()
    expect(bare).to_contain_text("Het lag aan één onderneming.")
    dirk.goto("/beheer/onbeschikbaarheden/")
    expect(main).to_contain_text("Ingetrokken")
    look(dirk, "beheer-onbeschikbaarheden")


def test_a_rate_and_a_day_are_added(open_page: OpenPage) -> None:
    dirk = open_page(persona="dirk-aanbesteder")
    main = dirk.get_by_role("main")
    dirk.goto("/beheer/kalender/")
    look(dirk, "beheer-kalender")
    main.get_by_role("link", name="Interestvoet toevoegen").click()
    dirk.get_by_label("Halfjaar").fill("2034H1")
    dirk.get_by_label("Percentage per jaar").fill("10,5")
    dirk.get_by_label("Bron").fill("Belgisch Staatsblad")
    look(dirk, "beheer-kalender-interestvoet")
    main.get_by_role("button", name="Bewaren").click()
    expect(main).to_contain_text("2034H1")
    main.get_by_role("link", name="Dag toevoegen").click()
    dirk.get_by_label("Datum").fill("02/01/2034")
    dirk.get_by_label("Naam").fill("Brugdag")
    dirk.get_by_label("Bron").fill("Dienstorder")
    look(dirk, "beheer-kalender-dag")
    main.get_by_role("button", name="Bewaren").click()
    expect(main).to_contain_text("Brugdag")


def test_one_s_own_calendar_in_both_doors(open_page: OpenPage) -> None:
    for persona, path, name in (
        ("an-beheerder", "/econtracting/agenda", "agenda"),
        ("dirk-aanbesteder", "/beheer/agenda/", "beheer-agenda"),
    ):
        page = open_page(persona=persona)
        main = page.get_by_role("main")
        page.goto(path)
        look(page, f"{name}-leeg")
        with page.expect_navigation():
            main.get_by_role("button", name="Agenda-adres maken").click()
        look(page, f"{name}-adres")
        address = main.locator("code").inner_text()
        answer = page.request.get(address)
        assert answer.headers["content-type"].startswith("text/calendar")
        page.goto(path)
        look(page, name)
        main.get_by_role("button", name="Adres intrekken").click()
        expect(main).to_contain_text("U hebt nog geen agenda-adres")
        assert page.request.get(address).status == 404
