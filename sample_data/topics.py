"""The five products, their twenty topics, and the words people use about them."""

from __future__ import annotations

from dataclasses import dataclass

from sample_data.company import BILLING, TIER1_DUBLIN, Team
from sample_data.dice import Dice


@dataclass(frozen=True)
class Topic:
    """What tickets are about. ``hero`` names the person who holds most of the knowledge of it."""

    product: str
    name: str
    weight: float
    subjects: tuple[str, ...]
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    hard: float = 1.0  # how much likelier than usual it goes to a higher tier
    first_team: Team = TIER1_DUBLIN
    hero: str | None = None


_LINES = """
Ledger|Invoices|9|Invoice {n} shows the wrong address;Cannot download invoice {n};Invoice {n} was sent twice;Purchase order missing on invoice {n}|The billing address is copied from the account page when the invoice is drawn up;The invoice was drawn up before the purchase order was saved;The mail address for invoices is stored twice on the account|please open Account, Billing details, save the new address and use Reissue on the invoice page;I have reissued the document and you will find the corrected version under Documents;remove the second address under Billing contacts and the next run will send one copy only
Ledger|Plan changes|5|Upgrade from Starter to Growth;How do we add {n} seats;Downgrade at the end of the term;Question about seats and guests|Seats are charged by the day from the moment they are added;A change of plan takes effect on the first day of the next month;Guests do not count as seats until they own a workspace|an owner can change this under Account, Plan, and the price for the rest of the month is shown before you confirm;I have added the change to your account so that it takes effect with the next term
Ledger|Tax export|4|Tax export misses {n} lines;VAT column is empty in the tax export;Tax export in the wrong currency;Tax export for the auditor|The export only includes bookings whose period has been locked;The tax column follows the country of the branch and one branch has none;The export uses the currency of the book and not that of the document|please lock the period under Books, Periods, and then run the export again with the option for late bookings;set the country under Branches and start the export again, the old one is kept for comparison
Ledger|Refunds|3|Refund for order {n};Charged twice this month;Credit note {n} not received;Refund still pending|The card company reserves the amount twice and releases one of them after some days;Credit notes are mailed to the owner of the account only;The refund was booked on the day of your message and needs some days at the bank|I have released the second charge and you should see the money within five working days;I have sent the credit note again to the address you wrote from, and added it to your documents
Gate|Password and login|9|Cannot log in since this morning;Password reset mail does not arrive;Locked out after {n} attempts;Login page loads forever|The account was locked after several attempts with an old password;The reset mail was held back by a filter on your side;The browser keeps an old session cookie from before the change of address|I have unlocked the account, please use Forgot password and choose a new one within the next hour;please clear the cookies for our address and sign in again in a new window, that settles it in nearly every case
Gate|Single sign-on|4|SSO login fails for some users;Error after renewing the SSO certificate;SSO sends users to the wrong workspace;How to test SSO before switching|The certificate in the metadata is older than the one your identity provider signs with;The name identifier changed from mail address to user name;Two workspaces claim the same mail domain|please upload the new metadata file under Gate, Identity providers, and test with the button beside it before saving;set the identifier format to mail address for this application and ask one user to sign in again
Gate|User provisioning|3|SCIM does not create new users;Deactivated users still have access;Groups are not synced by SCIM;SCIM token expired|The token for provisioning runs out after one year;Groups are only synced when they are assigned to the application and not nested;The provisioning job skips users without a department|please make a new token under Gate, Provisioning, and paste it into your directory, then start a full cycle;assign the groups directly and start a full provisioning cycle, which takes about forty minutes
Gate|Permissions|6|User {n} cannot see the shared folder;How to give read only access;Permission denied when saving;Who can delete a workspace|The role of this user allows comments but no changes in shared folders;Permissions of a folder win over those of the workspace;Only owners may do this and the role was lost with the last change of plan|please add the user under Share, Manage access, with the role Editor, the change works at once;open Roles, choose the role and tick the box for shared folders, then ask the user to reload the page
Atlas|Report export|7|Export of report {n} stops half way;Export to spreadsheet has wrong columns;Scheduled export did not arrive;Export is empty|The export stops when a column was renamed after the schedule was made;The schedule belongs to a user who has been deactivated;The filter of the report was saved with a fixed date|please open the report, choose Edit schedule, pick the columns again and save, then use Send now as a test;I have moved the schedule to your user and started it once, the file should be in your inbox by now
Atlas|Dashboards|6|Dashboard shows old figures;Chart {n} is blank;Numbers differ between two dashboards;How to share a dashboard|The tile uses the cached set that is refreshed once a day;The two dashboards use different time zones for the day;The chart needs a date field and the field was hidden|please use Refresh now on the tile or set the refresh to every hour under Settings;set the same time zone under Dashboard, Settings, on both of them and the figures will agree
Atlas|Data import|5|Import fails at line {n};Duplicate rows after import;Import of dates goes wrong;How large may an import be|The file uses semicolons where the import expects commas;The key column was not chosen so that each row counts as new;Dates are read with the month first unless told otherwise|please choose the delimiter on the second page of the import and start again, nothing was stored so far;I have removed the duplicate rows, and with the key column chosen the next import will update instead
Atlas|Slow queries|3|Report {n} takes minutes to open;Query times out in the evening;Dashboard very slow since last week;Slow filter on customer field|The filter runs over a field without an index;The report joins two large sets before it filters;The nightly refresh runs at the same hour as your schedule|I have added an index on this field and the report now opens within a few seconds;move the filter in front of the join as shown in the attached copy, it reads only the last year then;please move the schedule to another hour, we see no waiting outside of the refresh
Relay|Bank connector|5|Payments missing since {n} o'clock;Bank connector asks for consent again;Bookings arrive twice;Balance differs by {n} cents|The bank ends the consent after ninety days by law;The bank sent a day of bookings again with new numbers;The connector reads pending bookings that the bank changes later|please renew the consent under Relay, Connections, and choose Fetch since last booking;I have removed the bookings that came twice and marked that day so that it is not fetched again
Relay|Webhooks|4|Webhooks are not delivered;Webhook signature does not match;Webhook arrives {n} times;Order of webhook events|Delivery stops after a day of answers that are not in the two hundreds;The signature is made over the raw body and your gateway changes it;A delivery is repeated when the answer takes more than ten seconds|please switch the endpoint on again under Relay, Endpoints, and replay the failed deliveries from the list;answer at once and do the work later, then each event arrives exactly one time;check the signature against the raw bytes before anything reads the body
Relay|API limits|4|API answers 429 since today;How many calls may we make;API key stopped working;Paging returns the same page|Your integration asks for each record alone and meets the limit of the plan;The key belonged to a user who left;The cursor has to be sent back exactly as it came|please use the list call with two hundred records a page, which stays well under the limit;I have raised the limit for two weeks so that you have time to change over to the list call
Relay|Mail integration|4|Mails are not attached to the record;Mail sync stopped for {n} users;Replies go to the wrong person;Mail rule does not fire|The mailbox asks for a new sign in after a change of password;The rule looks at the sender and the mail was forwarded;Mails larger than the limit are skipped without a note|please reconnect the mailbox under Relay, Mail, and choose to fetch the last seven days;change the rule so that it looks at the reply address, then it fires for forwarded mails too
Dock|Mobile app|6|App closes when opening task {n};Notifications arrive late;Cannot upload a photo;App asks to log in each day|The version on this phone is older than the server allows;Battery saving stops the app in the background;The photo is larger than the plan allows|please update the app from the store, sign out and sign in again, your drafts stay on the phone;take the app out of battery saving in the settings of the phone, then notifications arrive within a minute
Dock|Desktop sync|5|Sync stuck at {n} files;Files appear twice after sync;Sync icon missing;Conflict copies every day|Two computers changed the same file while one of them was offline;The folder was moved outside of the app;A file name holds a character that the other system does not allow|please pause the sync, rename the files shown in the list and resume it, nothing will be lost;choose Relink folder in the app and point it to the new place, it compares before it copies
Dock|Notifications|4|Too many notification mails;No mail when a task is assigned;Change the language of mails;Digest arrives at {n} at night|The digest uses the time zone of the workspace and not yours;Mails for assigned tasks are switched off in the profile;Each board has its own setting that wins over the profile|please open Profile, Notifications, and choose the digest you like, the board settings can be reset there too;I have set the time zone of the workspace, the next digest will arrive in the morning
Dock|Getting started|5|How do we invite the team;Template for onboarding;Import from our old tool;Training for {n} people|Invitations are sent by an owner and stay good for seven days;Templates can be copied from the gallery into any workspace;The import takes spreadsheets with one row for each task|please open Members, Invite, and paste the addresses with one in each line, they get a mail at once;I have copied the template into your workspace, and the short guide shows the first steps
"""  # noqa: E501

_HARD = {"Single sign-on": 2.2, "User provisioning": 2.4, "Slow queries": 2.4, "Bank connector": 1.8, "Webhooks": 1.7}
_HEROES = {"Tax export": "Merlin", "User provisioning": "Kestrel"}


def _topics() -> tuple[Topic, ...]:
    found = []
    for line in _LINES.strip().splitlines():
        product, name, weight, subjects, causes, remedies = line.split("|")
        found.append(
            Topic(
                product,
                name,
                float(weight),
                tuple(subjects.split(";")),
                tuple(causes.split(";")),
                tuple(remedies.split(";")),
                hard=_HARD.get(name, 0.8),
                first_team=BILLING if product == "Ledger" else TIER1_DUBLIN,
                hero=_HEROES.get(name),
            )
        )
    return tuple(found)


TOPICS = _topics()
BY_NAME = {topic.name: topic for topic in TOPICS}
PRODUCTS = ("Ledger", "Gate", "Atlas", "Relay", "Dock")


def tag(text: str) -> str:
    """A name as a Zendesk tag: ``Report export`` is ``report_export``."""
    return text.lower().replace(" ", "_").replace("-", "_")


MACROS = (
    "Thank you for getting in touch with Quillmark Support. We have received your request and one of our team is "
    "looking into it now. You will hear from us as soon as we know more.",
    "Thank you for your patience. We are looking into this with the team in charge and will come back to you with "
    "an update as soon as we have one. There is nothing you need to do for now.",
)
_OPENINGS = ("Hello,", "Hi there,", "Good morning,", "Thanks for writing in.", "Thank you for the details.", "Hi,")
_CLOSINGS = (
    "Let me know if anything is unclear.",
    "I will close the ticket for now, just reply if it comes back.",
    "Please tell me if it does not help.",
    "Have a good day.",
    "If you see it again, send me the time and I will look at once.",
    "I am happy to go through it with you on a call.",
    "Best regards from the support team.",
)
_STORIES = (
    "We noticed this today and it holds up our month end.",
    "It worked yesterday and nobody here changed anything.",
    "Several colleagues see the same, on different machines.",
    "Could you tell us what to do?",
    "We tried it {n} times with the same result.",
    "A screenshot is attached.",
    "This is not urgent but we would like to understand it.",
    "Our finance team is waiting for it.",
    "I looked in the help pages and found nothing.",
)
_QUESTIONS = (
    "Could you tell me at what time you saw this last, and for which user?",
    "Which browser and which version of the app do you use?",
    "Does it happen for everybody in the workspace or for some people only?",
    "Could you send me a screenshot of the settings page and the number of the record?",
    "May I switch the debug log on for your workspace for one day?",
)
_ANSWERS_BACK = (
    "It was around {n} past nine, for two users.",
    "Everybody in the workspace, on the newest version.",
    "Screenshot attached. The record is number {n}.",
    "Yes, please go ahead.",
    "Only for people with the Editor role, as far as we can see.",
)
_NOTES = (
    "Looked at the audit log for the account: {n} events on the day, nothing before nine. Trying to reproduce it.",
    "Reproduced in the test workspace with the same settings. Checked the release notes, nothing fits.",
    "History of this account: a similar case some weeks ago, closed with a setting. Comparing both.",
    "Checked the deployment list and the status page for that hour. Nothing that would explain it.",
    "Customer is on the old plan, so the setting is in another place. Asked around in the team channel.",
)
_WRITE_UPS = (
    "Handing over. Seen since this morning, reproduced {n} times, settings and logs checked, see above for steps.",
    "For the next tier: the usual remedy did not help. Logs of {n} minutes are attached, customer is waiting.",
    "Passing on with steps to reproduce, the request number {n} and what was tried so far.",
)
_ENGINEERING = (
    "Found it in the worker log. The job is retried with the old settings. A change is in review.",
    "Cannot reproduce from this. Which workspace and which hour exactly, and was the flag on?",
    "Hotfix is out. Please have the customer try again, it should work from now on.",
    "This is as designed for now. The way around is to save the settings twice.",
)


def subject(dice: Dice, topic: Topic) -> str:
    """What the customer writes into the subject line."""
    return dice.pick(topic.subjects).replace("{n}", str(dice.whole(2, 950)))


def story(dice: Dice, title: str) -> str:
    """The first message of a customer: the matter and a sentence or two around it."""
    parts = [title + "."] + [dice.pick(_STORIES) for _ in range(dice.whole(1, 2))]
    return " ".join(parts).replace("{n}", str(dice.whole(2, 9)))


def answer(dice: Dice, topic: Topic) -> str:
    """A substantive reply: what causes it and what to do, always over twenty words."""
    remedy = dice.pick(topic.remedies)
    cause = dice.pick(topic.causes)
    return f"{dice.pick(_OPENINGS)} {cause}, {remedy}. {dice.pick(_CLOSINGS)}"


def line(dice: Dice, kind: str) -> str:
    """A short text of a kind: question, answer_back, note, write_up, engineering."""
    texts = {
        "question": _QUESTIONS,
        "answer_back": _ANSWERS_BACK,
        "note": _NOTES,
        "write_up": _WRITE_UPS,
        "engineering": _ENGINEERING,
    }[kind]
    return dice.pick(texts).replace("{n}", str(dice.whole(2, 45)))


BACK_AGAIN = (
    "It is back, the same as before.",
    "Sorry to say this did not help, the error is still there.",
    "It worked for a day and now it fails again.",
    "I followed the steps and nothing has changed for us.",
)
THANKS = ("Thank you, that helped.", "Thanks!", "Great, it works again. Thank you.", "Perfect, thanks a lot.")
