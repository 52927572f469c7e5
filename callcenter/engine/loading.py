"""Which situation a fact needs: what is read before it is decided, and no more than that."""

from __future__ import annotations

from datetime import datetime

from callcenter.db.link import Link
from callcenter.db.situations import Reader
from callcenter.domain import facts
from callcenter.domain.decision import Situation
from callcenter.domain.intake import CaseRegistered


async def load(reader: Reader, link: Link, fact: facts.Fact) -> tuple[Situation, datetime]:
    """The situation, and the database's time. Raises what the database raises."""
    match fact:
        case facts.CallArrived() | facts.SafeModeCall():
            again = isinstance(fact, facts.CallArrived) and fact.claimed
            return await reader.of_arrival(
                link, leg_id=fact.leg_id, line=fact.line, account=fact.account, number=fact.number, again=again
            )
        case facts.SeatMatched() | facts.CallBackMatched():
            return await reader.of_case(link, fact.case_id, fact.seat)
        case facts.RecordingEnded():
            return await reader.of_recording(link, fact.name)
        case facts.SeatAnswered() | facts.SeatRang():
            return await reader.of_leg(link, fact.leg_id, alone=True)
        case (
            facts.LegEnded() | facts.AudioEnded() | facts.AttemptRang()
            | facts.AttemptAnswered() | facts.AttemptFoundLive() | facts.AttemptEnded()
            | facts.KeyPressed() | facts.AttemptSeen()
        ):  # fmt: skip
            return await reader.of_leg(link, fact.leg_id)
        case CaseRegistered():
            return await reader.with_office(link, await reader.of_registered(link, fact.case_id, fact.earlier))
        case facts.PaperFact() | facts.WrappedUp() | facts.Settled():
            return await reader.with_office(link, await reader.of_case(link, fact.case_id))
        case facts.TimerDue() if "paper" in fact.data:
            return await reader.with_office(link, await reader.of_case(link, fact.case_id))
        case facts.MemberChosen():
            return await reader.of_case(link, fact.case_id, chosen=fact.member_id)
        case facts.DrillAsked():
            return await reader.of_new(link, fact.case_id, fact.member_id, "emergency")
        case facts.CallOutAsked() if fact.member_id is not None:
            names = [fact.seat] if fact.seat else []
            return await reader.of_new(link, fact.case_id, fact.member_id, "life_help", *names)
        case facts.TransferAsked():
            return await reader.of_case(link, fact.case_id, *([fact.to_seat] if fact.to_seat else []))
        case facts.TimerDue() if "seat" in fact.data:
            return await reader.of_case(link, fact.case_id, str(fact.data["seat"]))
        case (
            facts.CaseTaken() | facts.CallParked() | facts.CallOutAsked() | facts.NoteWritten() | facts.ListenAsked()
            | facts.TakeOverAsked()
        ):  # fmt: skip
            return await reader.of_case(link, fact.case_id, *([fact.seat] if fact.seat else []))
        case _:
            return await reader.of_case(link, fact.case_id)
