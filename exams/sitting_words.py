"""What the script of a test's page says, in the language of the page."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """By the names the script uses; `{…}` stands for what it puts in."""
    return _saving() | _time() | _noted() | _asking()


def _saving() -> dict[str, str]:
    return {
        "saved": _("Saved {time}"),
        "saving": _("Saving"),
        "kept": _("Kept on this device: {count}, sending again"),
        "nothing": _("Nothing to save yet"),
        "signedOut": _("You are signed out. Your answers are kept on this device."),
        "signIn": _("Sign in and go on"),
        "moved": _("The test went on on another device. What is not saved is kept here: {count}."),
        "goOnHere": _("Go on on this device"),
        "refused": _("Question {place}: this answer could not be saved. Look at it again."),
        "overtaken": _("Answered on another device since, and that counts. Look again at question {places}."),
        "closed": _("The test is over. Not in time: {count}. What was saved before counts."),
        "toReceipt": _("See what was handed in"),
        "offlineEnd": _("No connection. Your test is handed in as soon as there is one, until {time}."),
        "ending": _("Time is over. Your test is being handed in."),
        "paperFailed": _("The questions could not be fetched. Trying again."),
    }


def _time() -> dict[str, str]:
    return {
        "left": _("left, ends {time}"),
        "minutes10": _("10 minutes left."),
        "minutes1": _("1 minute left."),
        "more": _("You have more time: the test now ends {time}."),
        "drift": _("This device's clock is wrong by {seconds} s. Only the institute's clock counts."),
        "sectionEnds": _("This section ends {time}"),
        "sectionOver": _("The next section is open now."),
        "sectionLocked": _("That section is not open now."),
    }


def _noted() -> dict[str, str]:
    return {
        "away": _("Noted: left the test {duration} at {time}."),
        "offline": _("Noted: no connection for {duration} at {time}."),
        "fullscreen": _("Noted: left the full screen at {time}."),
        "paste": _("Noted: pasted at {time}."),
        "awayLeft": _("You may leave it {count} more times."),
        "awayLast": _("The next time it is handed in."),
        "fullscreenHint": _("This test is best written in the full screen."),
        "fullscreenGo": _("Full screen"),
        "message": _("From the invigilator, {time}"),
        "close": _("Close"),
        "seconds": _("{count} s"),
        "minutesSeconds": _("{minutes} min {seconds} s"),
    }


def _asking() -> dict[str, str]:
    return {
        "question": _("Question {place}"),
        "of": _("of {count}"),
        "label": _("Question {place}, {state}"),
        "an": _("answered"),
        "na": _("not answered"),
        "mk": _("marked"),
        "nv": _("not visited"),
        "am": _("answered and marked"),
        "passage": _("Passage"),
        "answer": _("Answer"),
        "answerIn": _("Answer in {unit}"),
        "answeredOf": _("{answered} of {count} answered"),
        "mark": _("Mark"),
        "unmark": _("Unmark"),
        "notANumber": _("Write a number with a decimal point, like 5.237 or -0.4."),
        "signsLeft": _("{count} letters left"),
        "language": _("Language"),
        "program": _("Program"),
        "byPeople": _("People read and mark this program."),
        "both": _("Both"),
    }
