#include "fetch/session/cure.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace restante::fetch {
namespace {

using Taken = sasl::CredentialKind;

bool is_below(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  // The dot belongs to it: "notgmail.com" is another's.
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool is_google(std::string_view host) {
  return is_below(host, "gmail.com") || is_below(host, "googlemail.com") ||
         is_below(host, "google.com");
}

bool is_microsoft(std::string_view host) {
  return is_below(host, "outlook.com") || is_below(host, "office365.com") ||
         is_below(host, "hotmail.com") || is_below(host, "live.com");
}

struct Saying {
  std::string_view words;  // In small letters, in the server's text.
  std::string_view cure;
};

// A provider is known by these words, also behind a proxy or another name.
constexpr auto kSayings = std::to_array<Saying>({
    {"not enabled for pop",
     "switch POP on in the mailbox's settings on the web (Gmail: Settings, "
     "Forwarding and POP/IMAP), then try again"},
    {"application-specific password required",
     "Google takes no ordinary password here: make an app password at "
     "https://myaccount.google.com/apppasswords, or use oauth = \"google\""},
    {"web login required",
     "Google wants to see you in a browser first: log in there, then make an app password at "
     "https://myaccount.google.com/apppasswords, or use oauth = \"google\""},
    {"please log in via your web browser",
     "log in with a browser once, confirm that it was you, then try again"},
    {"less secure", "this provider takes no ordinary passwords: use an app password, or oauth"},
    {"basic authentication is disabled",
     "Microsoft takes no passwords here: use oauth = \"microsoft\""},
    {"basicauthblocked", "Microsoft takes no passwords here: use oauth = \"microsoft\""},
    {"user is authenticated but not connected",
     "the login was good, but this mailbox has no POP: switch it on in Outlook's settings on the "
     "web "
     "(Mail, Forwarding and IMAP; in a company the administrator does it), or name the mailbox as "
     "user"},
    {"protocol disabled", "this mailbox has no POP: its administrator switches it on"},
    {"pop access is disabled", "switch POP on in the mailbox's settings on the web"},
    {"pop3 access is disabled", "switch POP on in the mailbox's settings on the web"},
});

constexpr std::string_view kGooglePassword =
    "Google takes no ordinary passwords: make an app password at "
    "https://myaccount.google.com/apppasswords, or use oauth = \"google\"";
constexpr std::string_view kMicrosoftPassword =
    "Microsoft takes no passwords any more: use oauth = \"microsoft\"";
constexpr std::string_view kGoogleToken =
    "is POP switched on in Gmail's settings, and was the token made for this mailbox, with the "
    "scope "
    "https://mail.google.com/?";
constexpr std::string_view kMicrosoftToken =
    "is POP switched on for this mailbox, and was the token made for it, with the scope "
    "https://outlook.office.com/POP.AccessAsUser.All?";

const Saying* saying_of(const pop3::ClientReply& reply) {
  const std::string text = to_lower(reply.text);
  const auto* const found =
      std::find_if(kSayings.begin(), kSayings.end(),
                   [&](const Saying& saying) { return text.find(saying.words) != text.npos; });
  return found == kSayings.end() ? nullptr : found;
}

}  // namespace

bool is_account_matter(const pop3::ClientReply& reply) { return saying_of(reply) != nullptr; }

std::string_view cure_of(const pop3::ClientReply& reply, std::string_view host, Taken kind) {
  // The words are the server's own: they know more than its name.
  if (const Saying* const saying = saying_of(reply)) return saying->cure;
  if (pop3::is_temporary(reply)) return {};
  const std::string name = to_lower(host);
  const bool by_token = kind == Taken::kToken;
  if (is_google(name)) return by_token ? kGoogleToken : kGooglePassword;
  if (is_microsoft(name)) return by_token ? kMicrosoftToken : kMicrosoftPassword;
  return {};
}

}  // namespace restante::fetch
