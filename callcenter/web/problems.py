"""Every refusal in one form, ``application/problem+json``: what happened, what was not lost, what to do.

What nobody foresaw is answered with a number that stands in the log, and with nothing of the inside.
"""

from __future__ import annotations

import traceback
from typing import Any

import orjson
import structlog
from aiohttp import ClientConnectionResetError, web
from aiohttp.typedefs import Handler

from callcenter.db.engine import is_lost
from callcenter.domain.errors import Refused

log = structlog.get_logger()

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
PROBLEM_TYPE = "application/problem+json"


def problem(refused: Refused, **more: Any) -> web.Response:
    """The answer for a refusal."""
    keys = ("code", "status", "zh", "en", "remedy_zh", "remedy_en", "rule")
    remedy_zh, remedy_en = _REMEDIES.get(refused.status, _REMEDY)
    body = {key: getattr(refused, key) for key in keys} | more
    body["remedy_zh"], body["remedy_en"] = refused.remedy_zh or remedy_zh, refused.remedy_en or remedy_en
    headers = {"Retry-After": "60"} if refused.status in (429, 503) else None
    return web.Response(body=orjson.dumps(body), status=refused.status, content_type=PROBLEM_TYPE, headers=headers)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns whatever a view raises into a problem."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _http(request, error)
    except ClientConnectionResetError:
        raise  # the browser went away: there is nobody to answer
    except Exception as error:  # noqa: BLE001 - the last net: the person gets words, the log gets the place
        return problem_of(request, error)


def problem_of(request: web.Request, error: Exception) -> web.Response:
    """What a person is told of whatever was raised; what nobody foresaw is logged with its place."""
    if isinstance(error, Refused):
        return problem(error, **getattr(error, "more", {}))
    if is_lost(error):
        log.warning("database unavailable", error=type(error).__name__)
        return problem(_UNAVAILABLE)
    return _unforeseen(request, error)


def _unforeseen(request: web.Request, error: Exception) -> web.Response:
    error_id = request[REQUEST_ID]
    # Frames without the error's own text: that may quote a person's data.
    where = "".join(traceback.format_tb(error.__traceback__))
    cause = getattr(error, "orig", None) or error.__cause__
    log.error("request failed", error_id=error_id, error=type(error).__name__, cause=type(cause).__name__, traceback=where)
    refused = Refused(
        "internal",
        f"服务内部出错(编号 {error_id}),这次操作没有完成。正在进行的通话不受影响。",
        f"Something inside failed (number {error_id}); this was not carried out. Calls are not affected.",
        remedy_zh=f"请稍后再试;仍不行请把编号 {error_id} 告诉维护人员。",
        remedy_en=f"Try again; if it stays so, tell whoever runs the service the number {error_id}.",
        status=500,
    )
    return problem(refused, error_id=error_id)


def _http(request: web.Request, error: web.HTTPException) -> web.Response:
    if error.status == 413:
        return problem(too_large())
    if error.status < 400:
        raise error
    zh, en = _WORDS.get(error.status, ("请求无法处理。", "The request cannot be handled."))
    answer = problem(Refused(_CODES.get(error.status, "refused"), zh, en, status=error.status))
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def too_large(what: str = "text", limit: int = 0) -> Refused:
    """More was sent than is taken. ``what``: text, a file, a table or a scan, which may have ``limit`` bytes."""
    zh, en = _LARGE[what]
    size = f"{limit / 1024**2:.0f} MB"
    return Refused(
        "too_large",
        f"发送的{zh}太大,没有接收。",
        f"The {en} is too large and was not taken.",
        remedy_zh=f"{zh}最大 {size}。" if limit else "请缩短内容。",
        remedy_en=f"A {en} may have {size}." if limit else "Make it shorter.",
        status=413,
    )


def too_slow() -> Refused:
    """What is sent does not come to an end."""
    return Refused(
        "too_slow", "内容没有在规定时间内传完,没有接收,也没有改动任何数据。",
        "It did not arrive within its time; nothing was taken and nothing was changed.",
        remedy_zh="请检查网络后重新发送。", remedy_en="Look at the network, then send it again.", status=408,
    )  # fmt: skip


def not_found(what_zh: str = "内容", what_en: str = "thing") -> Refused:
    """It is not there, or not any more."""
    return Refused("not_found", f"没有找到这个{what_zh}。", f"There is no such {what_en}.", status=404)


def forbidden(zh: str, en: str) -> Refused:
    """Somebody else may, this person may not."""
    return Refused("forbidden", zh, en, remedy_zh="如工作需要,请联系值班主任。", remedy_en="Ask the duty supervisor.", status=403)


_LARGE = {"text": ("内容", "text"), "file": ("文件", "file"), "table": ("表格文件", "table"), "scan": ("扫描件", "scan")}
_CODES = {404: "not_found", 405: "method_not_allowed", 415: "unsupported_media_type", 400: "bad_request"}
_REMEDY = ("请刷新页面,核对后再试。", "Reload the page, look at it, and try again.")
_REMEDIES = {
    401: ("请重新登录。", "Log in again."),
    403: ("如工作需要,请联系值班主任或管理员。", "If your work needs it, ask the duty supervisor or an administrator."),
    404: ("可能已被删除或地址有误,请刷新页面后再找。", "It may be gone, or the address wrong: reload the page and look again."),
    405: ("请按接口说明(/api/docs)使用。", "Use it as the interface describes (/api/docs)."),
    409: ("请刷新页面,按最新状态操作。", "Reload the page and act on the latest state."),
    415: ("请把 Content-Type 设为 application/json。", "Set Content-Type to application/json."),
    422: ("请改正所填内容后再试。", "Mend what was filled in and try again."),
}
"""What to do, where a refusal does not say it more exactly."""
_WORDS = {
    400: ("请求格式不正确。", "The request is malformed."),
    404: ("没有这个地址。", "There is no such address."),
    405: ("这个地址不支持该操作。", "This address does not take that method."),
    415: ("请以 JSON 格式发送。", "Send it as JSON."),
}
_UNAVAILABLE = Refused(
    "database_unavailable",
    "暂时连不上数据库,这次操作没有完成,已有数据不受影响。通话由系统继续接听。",
    "The database cannot be reached; this was not carried out, nothing was lost. Calls are still taken.",
    remedy_zh="系统会自动重连,请稍后再试。",
    remedy_en="It reconnects by itself; try again in a moment.",
    status=503,
)
