"""A journal as a busy office leaves one: a file a day, of each mail its delivery, its retrieval and
its deletion, and the polls between them. The same lines each time."""

import datetime

ACCOUNTS = 20_000
BEGIN = datetime.datetime(2026, 8, 1, tzinfo=datetime.timezone.utc)
DAYS = 30
LINES_A_MAIL = 4
AT_ONCE = 25_000  # Mails whose lines are put together before they are written.


def account(number):
    return f"user{number % ACCOUNTS}@example.com"


def mail(number, when):
    """The lines of one mail."""
    name, uid = account(number * 7919), f"{number:x}.{number % 977:x}"
    octets, peer = 1500 + number * 37 % 50_000, f"198.51.{number % 100}.{number % 251}"
    at = (when + datetime.timedelta(seconds=number % 600)).strftime("%Y-%m-%dT%H:%M:%S.")
    start = f'{{"when":"{at}{number % 1000:03d}Z","act":"'
    session = f'"session":"19ad5c1f2aa-{number:x}"'
    return (
        f'{start}delivered","account":"{name}","from":"192.0.2.7",{session},"uid":"{uid}",'
        f'"message_id":"<{number:012x}.{number % 9973}@sender{number % 500}.example>",'
        f'"queue_id":"4c{number:09X}","recipient":"{name}","octets":{octets}}}\n'
        f'{start}retrieved","account":"{name}","device":"phone","from":"{peer}",{session},'
        f'"uid":"{uid}","octets":{octets}}}\n'
        f'{start}deleted","account":"{name}","device":"phone","from":"{peer}",{session},'
        f'"uid":"{uid}","octets":{octets}}}\n'
        f'{start}polled","account":"{name}","from":"{peer}",{session},"count":12}}\n')


def uid_of(number):
    return f"{number:x}.{number % 977:x}"


def message_id_of(number):
    return f"{number:012x}.{number % 9973}@sender{number % 500}.example"


def write(folder, lines):
    """Makes the folder with this many lines; how many octets that is."""
    folder.mkdir(mode=0o700, parents=True)
    mails = lines // LINES_A_MAIL
    octets = 0
    for day in range(DAYS):
        begins = BEGIN + datetime.timedelta(days=day)
        first, end = mails * day // DAYS, mails * (day + 1) // DAYS
        with (folder / begins.strftime("acts-%Y%m%dT%H%M%SZ.jsonl")).open("w") as file:
            for at in range(first, end, AT_ONCE):
                when = begins + datetime.timedelta(seconds=86_000 * (at - first) / (end - first))
                octets += file.write("".join(mail(number, when)
                                             for number in range(at, min(at + AT_ONCE, end))))
    return octets
