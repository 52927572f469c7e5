"""Every address by every role: who may is who docs/api.md names, and nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from callcenter.cases.queries import SEE_ALL
from callcenter.domain.roles import OFFICE
from callcenter.web.app import OPEN_ROUTES, ROUTES
from tests.web.conftest import PASSWORD, Centre

NOBODY, SEAT, OTHER_SEAT, SUPERVISOR, ADMIN = None, "li", "chen", "zeng", "admin"
POLICY = {"name": "新策略", "version": 0, "rungs": [{"targets": ["supervisor"], "delay_seconds": 0}]}
TRIED = {"policy": POLICY, "at": "2026-11-21T12:00:00.000Z"}
PHONE = {"name": "唐", "number": "14007999902"}
CHANGE = {"version": 1, "changes": {"door_code": "1357#"}}
INCIDENT = {"day": "2026-11-20", "severity": "minor", "text": "迟到一小时"}
LIMIT = {"measure": "waiting", "limit": 4, "seconds": 10, "active": True}
RULE_LIMIT = {"rule": "R-9", "name": "answer_hours", "value": 9, "valid_from": "2999-01-01", "reason": "承诺"}
DELEGATE = {"agent_id": str(UUID(int=1)), "valid_from": "2999-01-01", "valid_until": "2999-01-02", "reason": "开会"}
TURN = {
    "post": "seat", "agent_id": "00000000-0000-4000-8000-000000000001", "seat": "8001", "begins_at": "2026-11-30T12:00:00Z",
    "ends_at": "2026-11-30T20:00:00Z",
}  # fmt: skip
QUEUE = {"kind": "life_help", "name_zh": "生活帮助"}
SKILLS = {"skills": [{"kind": "dialect", "value": "客家话"}]}
WEBHOOK = {"name": "平台", "url": "https://receiver.invalid/x", "events": ["case.opened", "order.*"]}
CONSENT = {"kind": "recording", "given": False, "by_whom": "王秀英", "how": "spoken"}
KEY = {"name": "社区平台", "role": "auditor", "scopes": ["read"]}
NEW = {"user": "wen", "name": "温", "role": "seat", "password": "long enough"}

# method, path, options → the status for each of: nobody, the seat of the case, another seat, supervisor, administrator
Expected = tuple[int, int, int, int, int]
MATRIX: list[tuple[str, str, dict[str, Any], Expected]] = [
    ("POST", "/api/login", {"json": {"user": "admin", "password": PASSWORD}}, (200, 200, 200, 200, 200)),
    ("POST", "/api/logout", {}, (204, 204, 204, 204, 204)),
    ("GET", "/api/seats", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/centre", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/openapi.json", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/docs", {}, (503, 503, 503, 503, 503)),  # the console is not built here
    ("GET", "/healthz", {}, (200, 200, 200, 200, 200)),
    ("GET", "/readyz", {}, (200, 200, 200, 200, 200)),
    ("GET", "/metrics", {}, (200, 200, 200, 200, 200)),
    ("GET", "/api/me", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/meta", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/cases", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/cases/{case}", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/cases/{unknown}", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/cases/{case}/papers", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/papers", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/quality", {}, (401, 200, 200, 200, 403)),
    ("PUT", "/api/quality/rubric", {"json": {"items": []}}, (401, 403, 403, 422, 403)),
    ("POST", "/api/quality/reviews", {"json": {}}, (401, 403, 403, 422, 403)),
    ("POST", "/api/quality/reviews/{unknown}/answer", {"json": {"text": "知道了"}}, (401, 404, 404, 404, 403)),
    ("GET", "/api/contributions", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/contributions", {"json": {"kind": "script", "title": "雨天", "text": "路滑"}}, (401, 201, 201, 201, 201)),
    ("POST", "/api/contributions/{unknown}/decide", {"json": {"accept": True}}, (401, 403, 403, 404, 403)),
    ("GET", "/api/rules-text", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/rules-text", {"json": {"title": "守则"}}, (401, 403, 403, 422, 403)),
    ("POST", "/api/rules-text/9999/sign", {"json": {"name": "李"}}, (401, 409, 409, 409, 409)),
    ("GET", "/api/follow-ups", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/follow-ups/coverage", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/follow-ups/{unknown}", {}, (401, 404, 404, 404, 403)),
    ("GET", "/api/cases/{case}/closing", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/cases-unowned", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/colleagues", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/typical-cases", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/rules", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/rules/limits", {"json": RULE_LIMIT}, (401, 403, 403, 403, 403)),
    ("GET", "/api/delegates", {}, (401, 200, 200, 200, 403)),
    ("POST", "/api/delegates", {"json": DELEGATE}, (401, 403, 403, 403, 403)),
    ("POST", "/api/requests", {"json": {}}, (422, 422, 422, 422, 422)),
    ("POST", "/api/desk/nothing", {"json": {}}, (401, 404, 404, 404, 403)),
    ("GET", "/api/recordings/{recording}/audio", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/recordings/{unknown}/audio", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/members?q=王", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/members", {"json": {"name": "唐", "gender": "f"}}, (401, 403, 403, 201, 201)),
    ("GET", "/api/members/{member}", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/members/{member}?case={case}", {}, (401, 200, 403, 200, 200)),
    ("GET", "/api/members/{unknown}?case={case}", {}, (401, 403, 403, 404, 404)),
    ("GET", "/api/members/{member}?case={unknown}", {}, (401, 403, 403, 200, 200)),
    ("PATCH", "/api/members/{member}?case={case}", {"json": CHANGE}, (401, 200, 403, 409, 409)),  # the second has an old version
    ("PATCH", "/api/members/{member}", {"json": CHANGE}, (401, 403, 403, 200, 409)),
    ("PATCH", "/api/members/{unknown}", {"json": CHANGE}, (401, 403, 403, 404, 404)),
    ("GET", "/api/members/{member}/history", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/members/{member}/history?case={case}", {}, (401, 200, 403, 200, 200)),
    ("POST", "/api/members/{member}/restore", {"json": {"version": 1, "to": 9}}, (401, 403, 403, 404, 404)),
    ("GET", "/api/members/{member}/consents", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/members/{member}/consents?case={case}", {}, (401, 200, 403, 200, 200)),
    ("POST", "/api/members/{member}/consents?case={case}", {"json": CONSENT}, (401, 201, 403, 201, 201)),
    ("POST", "/api/members/{member}/consents/scan?case={case}", {}, (401, 422, 403, 422, 422)),
    ("GET", "/api/members/{member}/consents/{unknown}?case={case}", {}, (401, 404, 403, 404, 404)),
    ("POST", "/api/members/{member}/emergency-access", {"json": {"reason": "老人摔倒,邻居来电"}}, (401, 201, 201, 403, 403)),
    ("GET", "/api/audit", {}, (401, 403, 403, 200, 403)),
    ("POST", "/api/audit/verify", {"json": {}}, (401, 403, 403, 403, 403)),
    ("GET", "/api/audit/readings", {}, (401, 403, 403, 403, 403)),
    ("GET", "/api/audit/emergency-access", {}, (401, 403, 403, 200, 403)),
    ("POST", "/api/audit/emergency-access/9999/review", {"json": {"justified": True}}, (401, 403, 403, 404, 403)),
    ("GET", "/api/phone-book?case={case}", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/phone-book?case={unknown}", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/phone-book?member={member}", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/phone-book?member={member}&case={case}", {}, (401, 400, 400, 400, 403)),
    ("GET", "/api/districts", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/scripts", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/members/import/template", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/members/import", {}, (401, 403, 403, 403, 422)),
    ("GET", "/api/members/export", {}, (401, 403, 403, 403, 200)),
    ("GET", "/api/directory?q=保洁", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/directory/area?address=书香园", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/records/{noun}", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/records/{noun}", {"json": {"cells": {}}}, (401, 403, 403, 403, 422)),
    ("PATCH", "/api/records/{noun}/{unknown}", {"json": {"version": 0, "cells": {"name": "x"}}}, (401, 403, 403, 403, 404)),
    ("GET", "/api/records/{noun}/{unknown}/history", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/records/{noun}/template", {}, (401, 403, 403, 403, 200)),
    ("GET", "/api/records/{noun}/export", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/records/{noun}/import", {}, (401, 403, 403, 403, 422)),
    ("GET", "/api/providers/choice?service={unknown}", {}, (401, 403, 403, 404, 404)),
    ("GET", "/api/providers/{unknown}/incidents", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/providers/{unknown}/incidents", {"json": INCIDENT}, (401, 403, 403, 404, 404)),
    ("GET", "/api/orders", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/orders/missing", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/orders/alerts", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/orders/month", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/orders/concentration", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/orders/{unknown}", {}, (401, 404, 404, 404, 403)),
    ("GET", "/api/orders/{unknown}/choice", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/fees", {}, (401, 403, 403, 403, 403)),
    ("GET", "/api/fees/export", {}, (401, 403, 403, 403, 403)),
    ("GET", "/api/agents", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/agents", {"json": NEW}, (401, 403, 403, 403, 201)),
    ("PATCH", "/api/agents/{agent}", {"json": {"name": "李"}}, (401, 403, 403, 403, 200)),
    ("PATCH", "/api/agents/{unknown}", {"json": {"name": "李"}}, (401, 403, 403, 403, 404)),
    ("GET", "/api/seats/8001/credentials", {}, (401, 403, 403, 403, 200)),
    ("GET", "/api/seats/9999/credentials", {}, (401, 403, 403, 403, 404)),
    ("POST", "/api/seats/8001/credentials", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/seats/9999/credentials", {}, (401, 403, 403, 403, 404)),
    ("GET", "/api/softphone", {}, (401, 200, 200, 403, 403)),
    ("GET", "/api/cases/{case}/report", {}, (401, 200, 403, 200, 403)),
    ("GET", "/api/cases/{unknown}/report", {}, (401, 403, 403, 404, 403)),
    ("GET", "/api/policy", {}, (401, 403, 403, 200, 200)),
    ("PUT", "/api/policy", {"json": POLICY}, (401, 403, 403, 200, 409)),  # the second to save has an old version
    ("POST", "/api/policy/preview", {"json": TRIED | {"member_id": "{member}"}}, (401, 403, 403, 200, 200)),
    ("POST", "/api/policy/preview", {"json": TRIED | {"member_id": "{unknown}"}}, (401, 403, 403, 404, 404)),
    ("GET", "/api/duty-phones", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/duty-phones", {"json": PHONE}, (401, 403, 403, 201, 201)),
    ("PATCH", "/api/duty-phones/{phone}", {"json": {"active": False}}, (401, 403, 403, 200, 200)),
    ("PATCH", "/api/duty-phones/{unknown}", {"json": {"active": False}}, (401, 403, 403, 404, 404)),
    ("DELETE", "/api/duty-phones/{phone}", {}, (401, 403, 403, 200, 404)),
    ("GET", "/api/thresholds", {}, (401, 403, 403, 200, 200)),
    ("PUT", "/api/thresholds", {"json": LIMIT}, (401, 403, 403, 200, 403)),
    ("PUT", "/api/thresholds", {"json": LIMIT | {"measure": "nothing"}}, (401, 403, 403, 422, 403)),
    ("GET", "/api/reports/service", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/reports/service/export", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/reports/calls", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/reports/providers", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/reports/fees", {}, (401, 403, 403, 200, 403)),
    ("GET", "/api/reports/collection", {}, (401, 200, 200, 200, 403)),
    ("GET", "/api/reports/{unknown}", {}, (401, 404, 404, 404, 404)),
    ("GET", "/api/reports/service?first=2026-11-21&last=2026-11-20", {}, (401, 403, 403, 400, 400)),
    ("GET", "/api/reports/weeks/2026-W47", {}, (401, 200, 200, 200, 200)),
    ("GET", "/api/reports/weeks/2026-W47/export", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/reports/weeks/2026-W47/remark", {"json": {"text": "本周来电多"}}, (401, 200, 200, 200, 403)),
    ("POST", "/api/reports/weeks/2026-W47/sign", {"json": {"signer": "廖美玲"}}, (401, 403, 403, 403, 403)),
    ("GET", "/api/queues", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/queues", {"json": QUEUE}, (401, 403, 403, 403, 201)),
    ("PUT", "/api/queues/{unknown}", {"json": QUEUE | {"version": 1}}, (401, 403, 403, 403, 404)),
    ("DELETE", "/api/queues/{unknown}", {}, (401, 403, 403, 403, 404)),
    ("PUT", "/api/seats/8001/queues", {"json": {"queues": []}}, (401, 403, 403, 200, 200)),
    ("PUT", "/api/seats/9999/queues", {"json": {"queues": []}}, (401, 403, 403, 404, 404)),
    ("GET", "/api/seats/8001/events", {}, (401, 200, 403, 200, 403)),
    ("PUT", "/api/agents/{agent}/skills", {"json": SKILLS}, (401, 403, 403, 403, 200)),
    ("PUT", "/api/agents/{unknown}/skills", {"json": SKILLS}, (401, 403, 403, 403, 404)),
    ("GET", "/api/calendar?year=2026", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/calendar?year=1900", {}, (401, 403, 403, 400, 400)),
    ("PUT", "/api/calendar/{day}", {"json": {"works": True}}, (401, 403, 403, 403, 200)),
    ("DELETE", "/api/calendar/{day}", {}, (401, 403, 403, 403, 200)),
    ("PUT", "/api/lines/079796602/hours", {"json": {"hours": [], "year": 2026}}, (401, 403, 403, 403, 404)),
    ("GET", "/api/connections/keys", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/connections/keys", {"json": KEY}, (401, 403, 403, 403, 201)),
    ("POST", "/api/connections/keys/{unknown}/revoke", {}, (401, 403, 403, 403, 404)),
    ("GET", "/api/connections/webhooks", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/connections/webhooks", {"json": WEBHOOK}, (401, 403, 403, 403, 201)),
    ("PATCH", "/api/connections/webhooks/{unknown}", {"json": {"version": 1, "name": "x"}}, (401, 403, 403, 403, 404)),
    ("POST", "/api/connections/webhooks/{unknown}/test", {}, (401, 403, 403, 403, 409)),
    ("GET", "/api/connections/webhooks/{unknown}/deliveries", {}, (401, 403, 403, 403, 200)),
    ("POST", "/api/connections/messages/{unknown}/resend", {}, (401, 403, 403, 403, 404)),
    ("POST", "/api/drills", {"json": {"member_id": "{member}"}}, (401, 403, 403, 201, 403)),
    ("POST", "/api/drills", {"json": {"member_id": "{unknown}"}}, (401, 403, 403, 404, 403)),
    ("GET", "/api/duty", {}, (401, 403, 403, 200, 200)),
    ("GET", "/api/duty/shifts", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/duty/shifts", {"json": {"place": "值班室"}}, (401, 403, 403, 201, 403)),
    ("GET", "/api/duty/shifts/{unknown}", {}, (401, 403, 403, 404, 404)),
    ("POST", "/api/duty/shifts/{unknown}/hand-over", {"json": {"signer": "曾"}}, (401, 403, 403, 404, 404)),
    ("POST", "/api/duty/shifts/{unknown}/acknowledge", {"json": {"receiver": "唐"}}, (401, 403, 403, 404, 404)),
    ("POST", "/api/duty/shifts/{unknown}/entries", {"json": {"kind": "visit", "text": "来访"}}, (401, 403, 403, 404, 403)),
    ("GET", "/api/roster", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/roster", {"json": TURN}, (401, 403, 403, 404, 404)),
    ("POST", "/api/roster/copy", {"json": {"source": "2026-11-30", "target": "2026-12-07"}}, (401, 403, 403, 201, 201)),
    ("PUT", "/api/roster/{unknown}", {"json": TURN}, (401, 403, 403, 404, 404)),
    ("DELETE", "/api/roster/{unknown}", {}, (401, 403, 403, 404, 404)),
    ("GET", "/api/messages", {}, (401, 200, 200, 200, 200)),
    ("POST", "/api/messages", {"json": {"text": "明早停电"}}, (401, 422, 422, 422, 422)),
    ("POST", "/api/messages/{unknown}/read", {}, (401, 404, 404, 404, 404)),
    ("POST", "/api/messages/{unknown}/acknowledge", {"json": {"reply": ""}}, (401, 404, 404, 404, 404)),
    ("GET", "/api/inspections", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/inspections", {"json": {"rubric": "hygiene"}}, (401, 403, 403, 422, 403)),
    ("GET", "/api/press", {}, (401, 403, 403, 200, 200)),
    ("POST", "/api/press?newspaper=瑞金报&published_on=2026-11-21&title=养老", {}, (401, 403, 403, 422, 403)),
    ("POST", "/api/press/{unknown}/send", {"json": {"agent_id": TURN["agent_id"]}}, (401, 403, 403, 404, 403)),
    ("POST", "/api/press/{unknown}/receive", {}, (401, 403, 403, 404, 404)),
    ("GET", "/api/press/{unknown}/scan", {}, (401, 403, 403, 404, 404)),
]

EXAMPLES = {"nothing", "service", "calls", "providers", "fees", "collection", "2026-W47"}
"""What stands in the addresses above for a name of the route's."""
READ = {
    "/api/directory",
    "/api/directory/area",
    "/api/records/{noun}",
    "/api/records/{noun}/{unknown}/history",
    "/api/records/{noun}/export",
}
DISPATCH = {"dispatcher", "group_leader", "department_head", "business_development"}
GROUP = {"dispatcher", "group_leader", "department_head"}
ANYBODY = {route.path for route in OPEN_ROUTES} | {"/api/me", "/api/meta"}
# Who works with paper is let in to these, and to nothing else.
OFFICE_MAY: dict[tuple[str, str], set[str]] = {(row[0], row[1]): set(OFFICE) for row in MATRIX if row[1] in ANYBODY}
OFFICE_MAY |= {
    ("GET", "/api/phone-book"): {"dispatcher", "group_leader"},  # of a member; of a case, who may see it
    ("GET", "/api/phone-book?case={case}"): {"group_leader"},
    ("GET", "/api/phone-book?case={unknown}"): {"group_leader"},
    ("GET", "/api/cases"): set(OFFICE),
    ("GET", "/api/papers"): set(OFFICE),
    **{("GET", path): set(OFFICE) for path in READ},
    ("GET", "/api/providers/choice"): DISPATCH,
    ("GET", "/api/providers/{unknown}/incidents"): DISPATCH,
    ("POST", "/api/providers/{unknown}/incidents"): DISPATCH,
    ("GET", "/api/orders"): GROUP,
    ("GET", "/api/orders/missing"): GROUP,
    ("GET", "/api/orders/alerts"): GROUP,
    ("GET", "/api/orders/month"): set(OFFICE),
    ("GET", "/api/orders/concentration"): {"auditor", "department_head"},
    ("GET", "/api/orders/{unknown}"): set(OFFICE) - {"business_development"},
    ("GET", "/api/orders/{unknown}/choice"): GROUP,
    ("GET", "/api/fees"): {"finance", "department_head", "auditor"},
    ("GET", "/api/fees/export"): {"finance", "department_head", "auditor"},
    ("GET", "/api/colleagues"): set(OFFICE),
    ("GET", "/api/typical-cases"): set(OFFICE),
    ("GET", "/api/rules"): set(OFFICE),
    ("GET", "/api/delegates"): set(OFFICE),
    **{
        ("GET", f"/api/follow-ups{rest}"): {"dispatcher", "group_leader", "department_head", "auditor"}
        for rest in ("", "/coverage", "/{unknown}")
    },
    ("GET", "/api/quality"): {"department_head", "auditor"},
    ("GET", "/api/contributions"): set(OFFICE),
    ("POST", "/api/contributions"): set(OFFICE),
    ("GET", "/api/rules-text"): set(OFFICE),
    ("POST", "/api/rules-text"): {"department_head"},
    ("POST", "/api/rules-text/9999/sign"): set(OFFICE),
    ("GET", "/api/cases-unowned"): {"dispatcher", "group_leader", "department_head"},
    ("POST", "/api/rules/limits"): {"department_head"},
    ("POST", "/api/delegates"): {"department_head"},
    **{
        ("GET", f"/api/cases/{name}{rest}"): SEE_ALL - {"supervisor"}
        for name in ("{case}", "{unknown}")
        for rest in ("", "/papers", "/closing")
    },
    **{(method, path): set(OFFICE) for method, path, *_ in MATRIX if path.startswith("/api/messages")},
    **{
        key: {"department_head"}
        for key in (
            ("GET", "/api/duty"),
            ("GET", "/api/duty/shifts"),
            ("GET", "/api/duty/shifts/{unknown}"),
            ("POST", "/api/duty/shifts/{unknown}/acknowledge"),
            ("GET", "/api/roster"),
            ("GET", "/api/inspections"),
            ("GET", "/api/press"),
            ("POST", "/api/press/{unknown}/receive"),
            ("GET", "/api/press/{unknown}/scan"),
        )
    },
    ("POST", "/api/desk/nothing"): OFFICE - {"auditor"},
    **{("GET", f"/api/reports/{kind}"): {"group_leader", "department_head"} for kind in ("service", "service/export", "calls")},
    ("GET", "/api/reports/providers"): {"group_leader", "department_head", "business_development"},
    ("GET", "/api/reports/fees"): {"group_leader", "department_head", "finance"},
    ("GET", "/api/reports/collection"): {"group_leader", "department_head", "dispatcher"},
    ("GET", "/api/reports/{unknown}"): set(OFFICE),
    ("GET", "/api/reports/weeks/2026-W47"): {"group_leader", "department_head", "dispatcher"},
    ("GET", "/api/reports/weeks/2026-W47/export"): {"group_leader", "department_head", "dispatcher"},
    ("POST", "/api/reports/weeks/2026-W47/remark"): {"group_leader", "department_head", "dispatcher"},
    ("POST", "/api/reports/weeks/2026-W47/sign"): {"department_head"},
    ("GET", "/api/audit"): {"auditor", "department_head"},
    ("POST", "/api/audit/verify"): {"auditor"},
    ("GET", "/api/audit/readings"): {"auditor"},
    ("GET", "/api/audit/emergency-access"): {"auditor", "department_head"},
    ("POST", "/api/audit/emergency-access/9999/review"): {"auditor", "department_head"},
}


@pytest.mark.parametrize(("method", "path", "options", "expected"), MATRIX, ids=[f"{row[0]} {row[1]}" for row in MATRIX])
async def test_who_may(centre: Centre, method: str, path: str, options: dict[str, Any], expected: Expected) -> None:
    names = {
        "case": centre.case, "member": centre.member, "recording": centre.recording, "phone": centre.phone, "unknown": uuid4(),
        "agent": centre.people["chen"], "noun": "services", "day": "2026-10-01",
    }  # fmt: skip
    address = path.format(**names)
    if isinstance(body := options.get("json"), dict) and "member_id" in body:
        options = {"json": body | {"member_id": body["member_id"].format(**names)}}
    got = []
    for user in (NOBODY, SEAT, OTHER_SEAT, SUPERVISOR, ADMIN):
        response = await centre.ask(user, method, address, **options)
        got.append(response.status)
        if response.status >= 400:
            assert response.content_type == "application/problem+json"
            problem = await response.json()
            assert problem["status"] == response.status
            assert problem["zh"]
            assert problem["en"]
    assert tuple(got) == expected
    may = OFFICE_MAY.get((method, path), OFFICE_MAY.get((method, path.split("?", maxsplit=1)[0]), frozenset[str]()))
    for role in sorted(OFFICE):
        status = (await centre.ask(role, method, address, **options)).status
        assert (status == 403) == (role not in may), (role, status)


def test_the_matrix_covers_every_route() -> None:
    def plain(path: str) -> str:
        parts = path.split("?", maxsplit=1)[0].split("/")
        return "/".join("*" if part.startswith("{") or part.isdigit() or part in EXAMPLES else part for part in parts)

    assert {(route.method, plain(route.path)) for route in (*OPEN_ROUTES, *ROUTES)} == {
        (method, plain(path)) for method, path, _, _ in MATRIX
    }
