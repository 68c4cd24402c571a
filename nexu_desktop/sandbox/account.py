"""What the sandbox states about models and the play account. It never moves: the ledger on disk is the book."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from nexu_desktop.domain.ratecard import RateCard

PLAY_CREDITS = 100
USER = "sandbox"


def models_body(card: RateCard, started: datetime) -> dict[str, Any]:
    created = int(started.timestamp())
    return {
        "object": "list",
        "data": [
            {"id": model.id, "object": "model", "created": created, "owned_by": "sandbox"}
            for model in card.models
        ],
    }


def rewards_body(started: datetime) -> dict[str, Any]:
    stamp = _stamp(started)
    return {
        "tasks": [],
        "progress": {"claimedCount": 0, "totalCount": 0, "earnedCredits": 0, "availableCredits": 0},
        "cloudBalance": {
            "totalBalance": PLAY_CREDITS,
            "totalRecharged": PLAY_CREDITS,
            "totalConsumed": 0,
            "syncedAt": stamp,
            "updatedAt": stamp,
        },
    }


def records_body(started: datetime) -> dict[str, Any]:
    stamp = _stamp(started)
    grant = {
        "id": "sandbox-opening",
        "appUserId": USER,
        "amount": PLAY_CREDITS,
        "balance": PLAY_CREDITS,
        "source": "signup_bonus",
        "sourceId": None,
        "description": "Play credits of the sandbox",
        "expiresAt": _stamp(started + timedelta(days=3650)),
        "enabled": True,
        "idempotencyKey": "sandbox-opening",
        "metadata": {},
        "createdAt": stamp,
        "updatedAt": stamp,
    }
    summary = {"totalEntries": 0, "totalDueCredits": 0, "totalChargedCredits": 0, "totalCostUsd": "0"}
    return {"appUserId": USER, "grants": [grant], "usageSummary": summary}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
