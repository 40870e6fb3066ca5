#include "server/alarm/alarm_mail.h"

#include <algorithm>

#include "base/numbers.h"

namespace restante::server {
namespace {

constexpr std::size_t kColumns = 76;

/// In lines of a mail, broken at blanks; `indent` before each.
std::string folded(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(text.size(), kColumns - indent.size());
    if (end < text.size()) {
      const std::size_t blank = text.rfind(' ', end);
      end = blank == std::string_view::npos || blank == 0 ? text.find(' ', end) : blank;
    }
    out.append(indent).append(text.substr(0, end)).append("\r\n");
    text.remove_prefix(std::min(text.size(), end));
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
  }
  return out;
}

/// "2026-11-30 14:15 UTC".
std::string moment(WallTime time) {
  std::string text = to_rfc3339(time).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

/// A name of a kind may have more behind it: "back-end ldap://…".
std::string title_of_key(const std::string& key) {
  const std::string_view name = std::string_view(key).substr(0, key.find(' '));
  for (int kind = 0; kind <= static_cast<int>(TroubleKind::kCopies); ++kind)
    if (name_of(static_cast<TroubleKind>(kind)) == name)
      return std::string(title_of(static_cast<TroubleKind>(kind)));
  return std::string(name);
}

bool is_over(const ToldTrouble& told, const TroubleNews& news) {
  return std::any_of(news.over.begin(), news.over.end(),
                     [&](const ToldTrouble& over) { return over.key == told.key; });
}

}  // namespace

std::string alarm_subject(const std::string& hostname, const TroubleNews& news) {
  std::string subject = hostname + ": ";
  subject += news.begun.empty() ? "over: " + title_of_key(news.over.front().key)
                                : std::string(title_of(news.begun.front().kind));
  const std::size_t others = news.begun.size() + news.over.size() - 1;
  if (others > 0) subject += " (and " + std::to_string(others) + " more)";
  return subject;
}

std::string alarm_text(const TroubleNews& news, const std::vector<ToldTrouble>& told,
                       WallTime now) {
  std::string text;
  for (const Trouble& trouble : news.begun) {
    text += std::string(title_of(trouble.kind)) + ".\r\n\r\n";
    text += folded(trouble.what + ".", "  ");
    text += "  Noticed " + moment(now) + ".\r\n\r\n";
    text += folded("What to do: " + std::string(advice_for(trouble.kind)), "  ") + "\r\n";
  }
  for (const ToldTrouble& over : news.over) {
    text += "Over: " + title_of_key(over.key) + ".\r\n\r\n";
    text += folded("It was: " + over.what + ".", "  ");
    text += "  From " + moment(over.since) + " to " + moment(now) + ".\r\n\r\n";
  }
  std::string rest;
  for (const ToldTrouble& lasting : told)
    if (!is_over(lasting, news))
      rest += folded(lasting.what + " (since " + moment(lasting.since) + ").", "  ");
  if (!rest.empty()) text += "Still so:\r\n\r\n" + rest + "\r\n";
  text += "Each is told once, and once more when it is over.\r\n";
  return text;
}

}  // namespace restante::server
