"""What must not grow: the CPU of a poll with the number of maildrops and of messages, that of a
delivery with the maildrop's size. One workload for each point of a line."""

from peers.common import Group

from .kinds import Workload, closed_loop

POLL = ("--workload", "poll", "--connections", 2)
DELIVERY = ("--workload", "deliver", "--connections", 2, "--deliveries", 10)


def make(scale):
    polls, sizes, deliveries = [], [], []
    for count in scale.growth:
        maildrops, messages = 20 * count, 100 * count
        polled = Group(f"of{maildrops}at", maildrops, 1, 1024)
        # The messages that a delivery adds are few beside the larger ones.
        filled = Group(f"with{messages}at", 2, messages, 1024)
        polls.append(Workload(
            f"poll-of-{maildrops}", f"Poll, {maildrops:,} maildrops in turn", "session", (polled,),
            closed_loop, words=POLL, line=("Poll, by the number of maildrops", maildrops)))
        sizes.append(Workload(
            f"poll-with-{messages}", f"Poll, {messages:,} messages wait", "session", (filled,),
            closed_loop, words=POLL, line=("Poll, by the number of messages", messages)))
        deliveries.append(Workload(
            f"deliver-to-{messages}", f"Deliver 10 kB to a maildrop of {messages:,} messages",
            "message", (filled,), closed_loop, "lmtp", DELIVERY, units=10, times="step_us",
            bound="", line=("Delivery, by the number of messages", messages)))
    return [*polls, *sizes, *deliveries]
