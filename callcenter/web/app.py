"""The browser's interface as one table: which address, which view, who may. Read it top to bottom."""

from __future__ import annotations

from functools import cache
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from structlog.contextvars import bound_contextvars

from callcenter.db.agents import Role
from callcenter.domain.roles import PHONING, ROLES
from callcenter.web import (
    audit,
    cases,
    catalogue,
    conduct,
    connections,
    consents,
    console_files,
    desk,
    duty,
    duty_room,
    escalation,
    follow_ups,
    health,
    log_in,
    members,
    orders,
    phone_book,
    profiles,
    queues,
    reference,
    reports,
    sheets,
    softphone,
    staff,
)
from callcenter.web.bodies import BODY_LIMIT
from callcenter.web.callers import caller
from callcenter.web.deps import DEPS, Deps
from callcenter.web.guards import put_headers, request_ids, same_origin
from callcenter.web.once import once_only
from callcenter.web.problems import problems
from callcenter.web.reference import DOCUMENT, Description
from callcenter.web.routes import Open, OpenRoute, Route

SUPERVISOR: frozenset[Role] = frozenset({"supervisor"})
DESK: frozenset[Role] = frozenset({"seat", "supervisor"})
ADMINISTRATOR: frozenset[Role] = frozenset({"administrator"})
LEADERS: frozenset[Role] = SUPERVISOR | ADMINISTRATOR
EVERYBODY: frozenset[Role] = frozenset(ROLES)
AUDITOR: frozenset[Role] = frozenset({"auditor"})
HEAD: frozenset[Role] = frozenset({"department_head"})
CARE: frozenset[Role] = DESK | HEAD | {"dispatcher", "group_leader"}
READERS: frozenset[Role] = EVERYBODY - ADMINISTRATOR
"""Which of them may see a case is asked for each case (``Cases.may_see``)."""
REVIEWERS: frozenset[Role] = AUDITOR | frozenset({"supervisor", "department_head"})
FILES: frozenset[Role] = DESK | ADMINISTRATOR
DISPATCH: frozenset[Role] = LEADERS | {"dispatcher", "group_leader", "department_head", "business_development"}

GROUP: frozenset[Role] = SUPERVISOR | HEAD | {"dispatcher", "group_leader"}
"""The dispatch group and its leaders."""
FEES: frozenset[Role] = HEAD | AUDITOR | {"finance"}

DUTY: frozenset[Role] = LEADERS | frozenset({"department_head"})

OPEN_ROUTES = (
    OpenRoute("POST", "/api/login", log_in.log_in),
    OpenRoute("POST", "/api/logout", log_in.log_out),
    OpenRoute("GET", "/api/seats", log_in.seats),
    OpenRoute("GET", "/api/centre", log_in.centre),
    OpenRoute("POST", "/api/requests", desk.public_request),
    OpenRoute("GET", "/api/openapi.json", reference.openapi),
    OpenRoute("GET", "/api/docs", reference.docs),
    OpenRoute("GET", "/healthz", health.alive),
    OpenRoute("GET", "/readyz", health.ready),
    OpenRoute("GET", "/metrics", health.metrics),
)
ROUTES = (
    Route("GET", "/api/me", log_in.me, EVERYBODY),
    Route("GET", "/api/meta", log_in.meta, EVERYBODY),
    Route("GET", "/api/cases", cases.case_list, READERS),
    Route("GET", "/api/cases/{id}", cases.case_detail, READERS),
    Route("GET", "/api/cases/{id}/report", escalation.report, DESK),
    Route("GET", "/api/recordings/{id}/audio", cases.recording_audio, DESK),
    Route("GET", "/api/cases/{id}/papers", desk.of_case, READERS),
    Route("GET", "/api/cases/{id}/closing", desk.closing, READERS),
    Route("GET", "/api/cases-unowned", desk.unowned, CARE),
    Route("GET", "/api/papers", desk.inbox, READERS),
    Route("GET", "/api/follow-ups", follow_ups.page, CARE | AUDITOR),
    Route("GET", "/api/follow-ups/coverage", follow_ups.coverage, CARE | AUDITOR),
    Route("GET", "/api/follow-ups/{id}", follow_ups.one, CARE | AUDITOR),
    Route("GET", "/api/quality", conduct.quality, DESK | HEAD | AUDITOR),
    Route("PUT", "/api/quality/rubric", conduct.save_rubric, SUPERVISOR),
    Route("POST", "/api/quality/reviews", conduct.review, SUPERVISOR),
    Route("POST", "/api/quality/reviews/{id}/answer", conduct.answer_review, DESK),
    Route("GET", "/api/contributions", conduct.contributions, EVERYBODY),
    Route("POST", "/api/contributions", conduct.propose, EVERYBODY),
    Route("POST", "/api/contributions/{id}/decide", conduct.decide, SUPERVISOR),
    Route("GET", "/api/rules-text", conduct.rules_text, EVERYBODY),
    Route("POST", "/api/rules-text", conduct.publish_rules, SUPERVISOR | HEAD),
    Route("POST", r"/api/rules-text/{version:\d+}/sign", conduct.sign_rules, EVERYBODY),
    Route("GET", "/api/colleagues", desk.colleagues, READERS),
    Route("GET", "/api/typical-cases", desk.collection, READERS),
    Route("GET", "/api/rules", desk.rules, EVERYBODY),
    Route("POST", "/api/rules/limits", desk.set_limit, HEAD),
    Route("GET", "/api/delegates", desk.delegates, READERS),
    Route("POST", "/api/delegates", desk.name_delegate, HEAD),
    Route("POST", "/api/desk/{command}", desk.command, READERS - AUDITOR),
    Route("GET", "/api/members", members.find, FILES),
    Route("POST", "/api/members", profiles.add, LEADERS),
    Route("GET", "/api/members/import/template", sheets.member_template, ADMINISTRATOR),
    Route("POST", "/api/members/import", sheets.member_import, ADMINISTRATOR),
    Route("GET", "/api/members/export", sheets.member_export, ADMINISTRATOR),
    Route("GET", "/api/members/{id}", members.profile, FILES),
    Route("PATCH", "/api/members/{id}", profiles.change, FILES),
    Route("GET", "/api/members/{id}/history", profiles.history, FILES),
    Route("POST", "/api/members/{id}/restore", profiles.restore, FILES),
    Route("GET", "/api/members/{id}/consents", consents.consents, FILES),
    Route("POST", "/api/members/{id}/consents", consents.record, FILES),
    Route("POST", "/api/members/{id}/consents/scan", consents.add_scan, FILES),
    Route("GET", "/api/members/{id}/consents/{scan}", consents.scan, FILES),
    Route("POST", "/api/members/{id}/emergency-access", audit.open_profile, frozenset({"seat"})),
    Route("GET", "/api/audit", audit.state, REVIEWERS),
    Route("POST", "/api/audit/verify", audit.verify, AUDITOR),
    Route("GET", "/api/audit/readings", audit.readings, AUDITOR),
    Route("GET", "/api/audit/emergency-access", audit.openings, REVIEWERS),
    Route("POST", r"/api/audit/emergency-access/{number:\d+}/review", audit.review, REVIEWERS),
    Route("GET", "/api/phone-book", phone_book.phone_book, PHONING),
    Route("GET", "/api/districts", profiles.districts, FILES),
    Route("GET", "/api/scripts", profiles.scripts, DESK),
    Route("GET", "/api/directory", catalogue.find, EVERYBODY),
    Route("GET", "/api/directory/area", catalogue.area, EVERYBODY),
    # Which table whom concerns is told in catalogue.MAY_READ and MAY_EDIT.
    Route("GET", "/api/records/{noun}/template", sheets.template, EVERYBODY),
    Route("GET", "/api/records/{noun}/export", sheets.export, EVERYBODY),
    Route("POST", "/api/records/{noun}/import", sheets.take_over, EVERYBODY),
    Route("GET", "/api/records/{noun}", catalogue.records, EVERYBODY),
    Route("POST", "/api/records/{noun}", catalogue.add_record, EVERYBODY),
    Route("PATCH", "/api/records/{noun}/{id}", catalogue.change_record, EVERYBODY),
    Route("GET", "/api/records/{noun}/{id}/history", catalogue.record_history, EVERYBODY),
    Route("GET", "/api/providers/choice", catalogue.choice, DISPATCH),
    Route("GET", "/api/providers/{id}/incidents", catalogue.incidents, DISPATCH),
    Route("POST", "/api/providers/{id}/incidents", catalogue.add_incident, DISPATCH),
    Route("GET", "/api/orders", orders.listed, GROUP),
    Route("GET", "/api/orders/missing", orders.missing, CARE),
    Route("GET", "/api/orders/alerts", orders.alerts, GROUP),
    Route("GET", "/api/orders/month", orders.month, GROUP | AUDITOR | {"finance", "business_development"}),
    Route("GET", "/api/orders/concentration", orders.concentration, REVIEWERS),
    Route("GET", "/api/orders/{id}", orders.one, CARE | {"finance", "auditor"}),
    Route("GET", "/api/orders/{id}/choice", orders.choice, GROUP),
    Route("GET", "/api/fees", orders.fees, FEES),
    Route("GET", "/api/fees/export", orders.fees_export, FEES),
    Route("GET", "/api/agents", staff.agent_list, ADMINISTRATOR),
    Route("POST", "/api/agents", staff.add, ADMINISTRATOR, people_only=True),
    Route("PATCH", "/api/agents/{id}", staff.change, ADMINISTRATOR, people_only=True),
    Route("GET", r"/api/seats/{extension:\d+}/credentials", staff.credentials, ADMINISTRATOR, people_only=True),
    Route("POST", r"/api/seats/{extension:\d+}/credentials", staff.renew_credentials, ADMINISTRATOR, people_only=True),
    Route("GET", "/api/softphone", softphone.credentials, PHONING, people_only=True),
    Route("GET", "/api/connections/keys", connections.keys, ADMINISTRATOR, people_only=True),
    Route("POST", "/api/connections/keys", connections.make_key, ADMINISTRATOR, people_only=True),
    Route("POST", "/api/connections/keys/{id}/revoke", connections.revoke_key, ADMINISTRATOR, people_only=True),
    Route("GET", "/api/connections/webhooks", connections.webhooks, ADMINISTRATOR, people_only=True),
    Route("POST", "/api/connections/webhooks", connections.add_webhook, ADMINISTRATOR, people_only=True),
    Route("PATCH", "/api/connections/webhooks/{id}", connections.change_webhook, ADMINISTRATOR, people_only=True),
    Route("POST", "/api/connections/webhooks/{id}/test", connections.try_webhook, ADMINISTRATOR, people_only=True),
    Route("GET", "/api/connections/webhooks/{id}/deliveries", connections.deliveries, ADMINISTRATOR, people_only=True),
    Route("POST", "/api/connections/messages/{message}/resend", connections.resend, ADMINISTRATOR, people_only=True),
    Route("GET", "/api/policy", escalation.policy, LEADERS),
    Route("PUT", "/api/policy", escalation.save_policy, LEADERS),
    Route("POST", "/api/policy/preview", escalation.preview_policy, LEADERS),
    Route("GET", "/api/duty-phones", escalation.duty_phones, LEADERS),
    Route("POST", "/api/duty-phones", escalation.add_duty_phone, LEADERS),
    Route("PATCH", "/api/duty-phones/{id}", escalation.change_duty_phone, LEADERS),
    Route("DELETE", "/api/duty-phones/{id}", escalation.remove_duty_phone, LEADERS),
    Route("GET", "/api/thresholds", duty.thresholds, LEADERS),
    Route("PUT", "/api/thresholds", duty.change_threshold, SUPERVISOR),
    Route("POST", "/api/drills", escalation.start_drill, SUPERVISOR),
    Route("GET", "/api/duty", duty_room.shift_now, DUTY),
    Route("GET", "/api/duty/shifts", duty_room.shift_list, DUTY),
    Route("POST", "/api/duty/shifts", duty_room.begin_shift, SUPERVISOR),
    Route("GET", "/api/duty/shifts/{id}", duty_room.shift_whole, DUTY),
    Route("POST", "/api/duty/shifts/{id}/hand-over", duty_room.hand_over, LEADERS),
    Route("POST", "/api/duty/shifts/{id}/acknowledge", duty_room.take_over, DUTY),
    Route("POST", "/api/duty/shifts/{id}/entries", duty_room.write_entry, SUPERVISOR),
    Route("GET", "/api/roster", duty_room.roster, DUTY),
    Route("POST", "/api/roster", duty_room.add_turn, LEADERS),
    Route("POST", "/api/roster/copy", duty_room.copy_week, LEADERS),
    Route("PUT", "/api/roster/{id}", duty_room.change_turn, LEADERS),
    Route("DELETE", "/api/roster/{id}", duty_room.remove_turn, LEADERS),
    Route("GET", "/api/messages", duty_room.messages, EVERYBODY),
    Route("POST", "/api/messages", duty_room.send_message, EVERYBODY),
    Route("POST", "/api/messages/{id}/read", duty_room.read_message, EVERYBODY),
    Route("POST", "/api/messages/{id}/acknowledge", duty_room.acknowledge_message, EVERYBODY),
    Route("GET", "/api/inspections", duty_room.inspections, DUTY),
    Route("POST", "/api/inspections", duty_room.score, SUPERVISOR),
    Route("GET", "/api/press", duty_room.press, DUTY),
    Route("POST", "/api/press", duty_room.file_clipping, SUPERVISOR),
    Route("POST", "/api/press/{id}/send", duty_room.send_clipping, SUPERVISOR),
    Route("POST", "/api/press/{id}/receive", duty_room.receive_clipping, DUTY),
    Route("GET", "/api/press/{id}/scan", duty_room.clipping_scan, DUTY),
    # Which report whom concerns is told in reports/services.MAY_READ.
    Route("GET", r"/api/reports/weeks/{week:\d{4}-W\d{2}}", reports.week, CARE | ADMINISTRATOR),
    Route("GET", r"/api/reports/weeks/{week:\d{4}-W\d{2}}/export", reports.week_sheet, CARE | ADMINISTRATOR),
    Route("POST", r"/api/reports/weeks/{week:\d{4}-W\d{2}}/remark", reports.remark, CARE),
    Route("POST", r"/api/reports/weeks/{week:\d{4}-W\d{2}}/sign", reports.sign, CARE),
    Route("GET", "/api/reports/{kind}", reports.figures, EVERYBODY),
    Route("GET", "/api/reports/{kind}/export", reports.figures_sheet, EVERYBODY),
    Route("GET", "/api/queues", queues.queues, LEADERS),
    Route("POST", "/api/queues", queues.add_queue, ADMINISTRATOR),
    Route("PUT", "/api/queues/{id}", queues.change_queue, ADMINISTRATOR),
    Route("DELETE", "/api/queues/{id}", queues.remove_queue, ADMINISTRATOR),
    Route("PUT", r"/api/seats/{extension:\d+}/queues", queues.move_seat, LEADERS),
    Route("GET", r"/api/seats/{extension:\d+}/events", queues.seat_events, DESK),
    Route("PUT", "/api/agents/{id}/skills", queues.set_skills, ADMINISTRATOR),
    Route("GET", "/api/calendar", queues.calendar, LEADERS),
    Route("PUT", "/api/calendar/{day}", queues.set_day, ADMINISTRATOR),
    Route("DELETE", "/api/calendar/{day}", queues.clear_day, ADMINISTRATOR),
    Route("PUT", "/api/lines/{number}/hours", queues.set_hours, ADMINISTRATOR),
)
CONSOLE = OpenRoute("GET", "/{path:.*}", console_files.console)


def create_app(deps: Deps) -> web.Application:
    """The application. Whoever starts it also stops it; it holds nothing that must be closed."""
    app = web.Application(middlewares=[request_ids, problems, same_origin], client_max_size=BODY_LIMIT)
    app[DEPS] = deps
    app[DOCUMENT] = Description(cache(lambda: _described(deps)))
    app.on_response_prepare.append(put_headers)
    views = [(route.method, route.path, _open(route.view)) for route in OPEN_ROUTES]
    views += [(route.method, route.path, _guarded(route)) for route in ROUTES]
    views += [("GET", "/ws", deps.websocket), ("GET", "/sip", deps.sip)]
    for method, path, view in views:
        if method == "GET":
            app.router.add_get(path, view)  # answers HEAD too
        else:
            app.router.add_route(method, path, view)
    # Last: an unknown address under /api is told as such, any other is a page of the console.
    app.router.add_route("*", "/api/{path:.*}", _unknown)
    app.router.add_get(CONSOLE.path, _open(CONSOLE.view))
    return app


def _described(deps: Deps) -> dict[str, Any]:
    from callcenter.web.openapi import document  # with the shape of every answer, a tenth of what a start has to load

    return document(OPEN_ROUTES, ROUTES, deps.desk.commands)


def _open(view: Open) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await view(request, request.app[DEPS])

    return handle


def _guarded(route: Route) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        deps = request.app[DEPS]
        person = await caller(request, deps, route)
        with bound_contextvars(agent_id=str(person.agent_id)):
            if route.people_only:
                return await route.view(request, deps, person)
            return await once_only(request, deps, person.agent_id, lambda: route.view(request, deps, person))

    return handle


async def _unknown(request: web.Request) -> web.StreamResponse:
    """No such address; or there is, but it takes other methods."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if not resource.canonical.endswith("{path}"):
            allowed |= (await resource.resolve(request))[1]
    raise web.HTTPMethodNotAllowed(request.method, allowed) if allowed else web.HTTPNotFound
