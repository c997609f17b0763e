"""Counts the mountain of the sample log once more, by another way than the program.

    python3 examples/models/testdata/count_mountain.py < examples/lifecycle/data/saas.jsonl

It prints the numbers that TestMountainOfTheSample expects.
"""

import collections
import json
import sys

events, seen, parent = [], set(), {}
for line in sys.stdin:
    event = json.loads(line)
    if event["id"] not in seen and not event.get("test"):
        events.append(event)
    seen.add(event["id"])


def root(key):
    while parent.setdefault(key, key) != key:
        key = parent[key]
    return key


# Who is named together is one customer. In this log no user and no visitor is named with
# two accounts, so that plain union does it; the assertion says so.
KINDS = ("account_id", "user_id", "anonymous_id")
keys = [[(kind, e[kind]) for kind in KINDS if kind in e] for e in events]
for group in keys:
    for key in group[1:]:
        parent[root(key)] = root(group[0])
accounts = {key for group in keys for key in group if key[0] == "account_id"}
assert len({root(key) for key in accounts}) == len(accounts)

customers = collections.defaultdict(lambda: collections.defaultdict(list))
for e, group in zip(events, keys):
    if group:
        customers[root(group[0])][e["event"]].append((e["time"], e))


def total(e):
    return sum(item["amount"] * item.get("quantity", 1) for item in e["props"]["items"])


def reach(log):
    """The times at which one customer reached each stage; they sort as text."""
    times = lambda *names: sorted(t for name in names for t, _ in log[name])
    at = [
        times("page_viewed", "session_started", "touchpoint_recorded", "brochure_downloaded", "lead_generated"),
        times("lead_qualified", "lead_converted", "signed_up", "trial_started", "opportunity_created",
              "product_added", "checkout_started"),
    ]
    won = [t for t, e in log["opportunity_closed"] if e["props"]["won"]]
    committed = sorted(times("subscription_started", "payment_succeeded", "order_completed") + won)[:1]
    at.append(committed)
    activated = times("activated")[:1]
    at.append([max(activated[0], committed[0])] if activated and committed else [])
    # Each account here has one subscription at most, in one currency, by the month.
    states = sorted((t, total(e)) for t, e in log["subscription_started"] + log["subscription_updated"])
    grown = [t for (_, before), (t, now) in zip(states, states[1:]) if now > before]
    bought = sorted(times("subscription_started", "order_completed") + won)[:1]
    grown += [t for t in times("order_completed") if t > bought[0]]
    grown += [t for t in times("referral_sent") if committed and t >= committed[0]]
    at.append(sorted(grown))
    at.append(times("subscription_cancelled"))
    return at


stages = ["attract", "convert", "onboard", "retain", "grow", "exit"]
reached = [reach(log) for log in customers.values()]
climbed = [c for c in reached if any(c[:5])]
print("customers", len(climbed), "at no stage", sum(1 for c in reached if not any(c)))
for i, name in enumerate(stages[:5]):
    here = [c for c in climbed if c[i]]
    line = {"reached": len(here)}
    if i > 0:
        line["not_after"] = sum(1 for c in here if not c[i - 1] or c[i][-1] < c[i - 1][0])
    line["passed_over"] = sum(1 for c in climbed if not c[i] and any(c[i + 1:5]))
    stopped = [c for c in here if not any(c[i + 1:5])]
    line["stopped"], line["left"] = len(stopped), sum(1 for c in stopped if c[5])
    if i < 4:
        later = lambda c, j: bool(c[j]) and c[j][-1] >= c[i][0]
        line["climbed_on"] = sum(1 for c in here if later(c, i + 1))
        line["skipped"] = sum(1 for c in here if not later(c, i + 1) and any(later(c, j) for j in range(i + 2, 5)))
        line["before"] = sum(1 for c in here if any(c[i + 1:5]) and not any(later(c, j) for j in range(i + 1, 5)))
        line["percent"] = round(100 * line["climbed_on"] / len(here), 1)
    print(name, line)
print("exit", {"reached": sum(1 for c in reached if c[5]), "committed": sum(1 for c in reached if c[5] and c[2])})
print("stages reached:")
for path, n in collections.Counter(tuple(s for s, t in zip(stages, c) if t) for c in climbed).most_common():
    print(n, *path)
