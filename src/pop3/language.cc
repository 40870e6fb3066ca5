#include "pop3/language.h"

#include <array>

#include "base/ascii.h"

namespace restante::pop3 {
namespace {

struct Row {
  Text id;
  std::string_view english;
  std::string_view german;
};

// In the order of the enumeration. The German words are chosen to need no umlaut.
constexpr std::array kRows = {
    Row{Text::kReady, "POP3 ready", "POP3 bereit"},
    Row{Text::kCapabilities, "capabilities follow", "Liste der Erweiterungen folgt"},
    Row{Text::kMechanisms, "mechanisms follow", "Liste der Verfahren folgt"},
    Row{Text::kLanguages, "languages follow", "Liste der Sprachen folgt"},
    Row{Text::kLanguageSet, "language changed", "Sprache umgestellt"},
    Row{Text::kUnknownLanguage, "no such language here", "diese Sprache gibt es hier nicht"},
    Row{Text::kUtf8On, "UTF-8 it is", "ab jetzt UTF-8"},
    Row{Text::kStartTls, "begin TLS", "TLS kann beginnen"},
    Row{Text::kSendPassword, "now the password", "jetzt das Passwort"},
    Row{Text::kLoggedIn, "logged in", "angemeldet"},
    Row{Text::kMessages, "messages", "Nachrichten"},
    Row{Text::kOctets, "octets", "Oktette"},
    Row{Text::kUniqueIds, "unique ids follow", "Liste der Kennungen folgt"},
    Row{Text::kMarkedDeleted, "will be deleted at QUIT", "wird bei QUIT entfernt"},
    Row{Text::kNothingDone, "still here", "noch da"},
    Row{Text::kMarksRemoved, "nothing is marked as deleted", "keine Nachricht wird entfernt"},
    Row{Text::kGoodbye, "goodbye", "auf Wiedersehen"},
    Row{Text::kNoSuchMessage, "no such message", "diese Nachricht gibt es nicht"},
    Row{Text::kAlreadyDeleted, "message is marked as deleted",
        "Nachricht ist zum Entfernen vorgemerkt"},
    Row{Text::kUnknownCommand, "unknown command", "unbekannter Befehl"},
    Row{Text::kBadArguments, "wrong arguments", "falsche Argumente"},
    Row{Text::kBadLine, "a line may hold no bare CR and no NUL",
        "eine Zeile darf kein CR oder NUL enthalten"},
    Row{Text::kLineTooLong, "line too long", "Zeile zu lang"},
    Row{Text::kNotLoggedIn, "log in first", "erst anmelden"},
    Row{Text::kLoggedInAlready, "not after login", "nach der Anmeldung nicht mehr"},
    Row{Text::kUserFirst, "USER first", "erst USER"},
    Row{Text::kNeedsTls, "no password in the clear: use STLS or port 995 first",
        "kein Passwort im Klartext: erst STLS oder Port 995 benutzen"},
    Row{Text::kUnknownMechanism, "no such mechanism", "dieses Verfahren gibt es nicht"},
    Row{Text::kCancelled, "cancelled", "abgebrochen"},
    Row{Text::kBadExchange, "malformed authentication data", "fehlerhafte Anmeldedaten"},
    Row{Text::kNoTls, "TLS is not available", "TLS gibt es hier nicht"},
    Row{Text::kTlsAlready, "TLS is active already", "TLS ist schon aktiv"},
    Row{Text::kNoTlsAfterUtf8, "STLS must come before UTF8", "STLS muss vor UTF8 kommen"},
    Row{Text::kWrongCredentials, "wrong name or password", "Name oder Passwort falsch"},
    Row{Text::kInUse, "another session has the maildrop open",
        "eine andere Sitzung hat das Postfach offen"},
    Row{Text::kTooSoon, "too soon after the last login", "zu bald nach der letzten Anmeldung"},
    Row{Text::kTryLater, "temporary failure, try again later",
        "zeitweiliger Fehler, bitte erneut versuchen"},
    Row{Text::kBeingMoved, "your mail is being moved, try again in a minute",
        "Ihre Post zieht gerade um, bitte in einer Minute erneut versuchen"},
    Row{Text::kTooManyViews, "there are too many views of this mailbox, ask the administrator",
        "zu viele Ansichten dieses Postfachs, bitte den Administrator fragen"},
    Row{Text::kAskAdministrator, "permanent failure, ask the administrator",
        "dauerhafter Fehler, bitte den Administrator fragen"},
    Row{Text::kMessageUnavailable, "message cannot be read now",
        "Nachricht ist gerade nicht lesbar"},
    Row{Text::kMessageDamaged, "message is damaged", "Nachricht ist defekt"},
    Row{Text::kNeedsUtf8, "message needs a client that says UTF8",
        "Nachricht braucht ein Programm, das UTF8 sagt"},
    Row{Text::kNotRemoved, "deleted messages were not removed",
        "vorgemerkte Nachrichten wurden nicht entfernt"},
    Row{Text::kTooManyErrors, "too many errors, goodbye", "zu viele Fehler, Ende"},
    Row{Text::kClientNamed, "this is its session now", "das ist jetzt dessen Sitzung"},
    Row{Text::kNotAProxy, "XCLIENT is for known proxies only, once",
        "XCLIENT ist nur fuer bekannte Proxys, einmal"},
};

static_assert(kRows.size() == static_cast<std::size_t>(Text::kCount));

constexpr bool fits(std::string_view text) {
  for (const char c : text)
    if (is_control(c) || !is_ascii(c)) return false;
  // A reply's line has at most 512 octets (RFC 2449 s.4), and more than words belongs into some.
  return !text.empty() && text.size() <= 100;
}

constexpr bool rows_are_sound() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].id) != i) return false;
    if (!fits(kRows[i].english) || !fits(kRows[i].german)) return false;
  }
  return true;
}
static_assert(rows_are_sound());

constexpr std::array kLanguages = {
    LanguageInfo{Language::kEnglish, "en", "English"},
    LanguageInfo{Language::kGerman, "de", "Deutsch"},
    LanguageInfo{Language::kDefault, "i-default", "Default language"},
};

}  // namespace

std::string_view text(Text id, Language language) {
  const Row& row = kRows[static_cast<std::size_t>(id)];
  switch (language) {
    case Language::kDefault:
    case Language::kEnglish: return row.english;
    case Language::kGerman: return row.german;
  }
  return row.english;
}

std::span<const LanguageInfo> languages() { return kLanguages; }

const LanguageInfo& info(Language language) {
  return kLanguages[static_cast<std::size_t>(language)];
}

std::optional<Language> find_language(std::string_view range) {
  if (range == "*") return kLanguages.front().language;
  for (;;) {
    for (const LanguageInfo& known : kLanguages)
      if (equals_ignore_case(known.tag, range)) return known.language;
    // RFC 4647 s.3.4: "de-AT" is looked for as it is, then as "de".
    const std::size_t dash = range.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    range = range.substr(0, dash);
  }
}

}  // namespace restante::pop3
