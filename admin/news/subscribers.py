"""Who subscribed, to what and when: search, add who mailed, remove on request (A-45)."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from admin.lists import Address, position, typed
from admin.news.base import NewsPages
from blueprints.handling import handling, status_of
from blueprints.news import topic_hints
from domain.news import TOPIC_LABELS, Topic
from forms.confirmation import ConfirmationForm
from forms.news import AddSubscriberForm
from services.news import office


class SubscriberPages(NewsPages):
    """The subscriptions."""

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """By address, topic and state, the newest first."""
        topic, state = request.args.get("onderwerp", ""), request.args.get("stand", "")
        criteria = office.Criteria(
            text=typed("zoek"),
            topic=Topic(topic) if topic in set(Topic) else None,
            state=office.State(state) if state in set(office.State) else None,
        )
        words = {"zoek": criteria.text, "onderwerp": criteria.topic or "", "stand": criteria.state or ""}
        return self.render(
            "admin/news/subscribers.html",
            page=office.listed(self.actor, criteria, position()),
            counts=office.counts(self.actor),
            address=Address(self.get_url(".index"), {name: str(word) for name, word in words.items() if word}),
            criteria=criteria,
            topics=TOPIC_LABELS,
            states=office.STATE_LABELS,
            reasons=office.END_LABELS,
        )

    @expose("/toevoegen", methods=("GET", "POST"))
    def add(self) -> ResponseReturnValue:
        """Somebody asked by mail; the address confirms itself."""
        form = AddSubscriberForm()
        if form.validate_on_submit():
            with handling(form) as done:
                sent = office.add(
                    self.actor,
                    form.email.data or "",
                    form.topics.data or [],
                    form.language.data or "nl",
                    form.source.data or "",
                )
            if done:
                if sent:
                    flash(gettext("Er vertrekt een e-mail naar dit adres om te bevestigen."), "success")
                else:
                    flash(
                        gettext(
                            "Dit adres is al ingeschreven, of kreeg het voorbije uur al een e-mail om te bevestigen."
                        ),
                        "info",
                    )
                return redirect(self.get_url(".index"))
        return self.render("admin/news/subscriber_form.html", form=form, texts=topic_hints()), status_of(form)

    @expose("/<reference>/verwijderen", methods=("GET", "POST"))
    def remove(self, reference: str) -> ResponseReturnValue:
        """Ask, then end a subscription."""
        row, form = office.one(self.actor, reference), ConfirmationForm()
        if form.validate_on_submit():
            with handling(form) as done:
                office.remove(self.actor, reference)
            if done:
                flash(gettext("De inschrijving is beëindigd."), "success")
                return redirect(self.get_url(".index"))
        return self.render("admin/news/remove_subscriber.html", row=row, form=form, topics=TOPIC_LABELS), status_of(
            form
        )
