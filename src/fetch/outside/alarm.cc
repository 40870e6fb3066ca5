#include "fetch/outside/alarm.h"

#include <fmt/format.h>

#include <algorithm>

#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/sha256.h"
#include "base/ascii.h"
#include "base/utf8.h"

namespace restante::fetch {
namespace {

/// One line, without control characters: it may be a server's.
std::string harmless(std::string_view text) {
  std::string out = to_utf8(text);
  std::replace_if(out.begin(), out.end(), is_control, ' ');
  return out;
}

}  // namespace

std::string alarm_message(std::string_view subject, std::string_view text, WallTime now) {
  std::string body;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    body += harmless(text.substr(0, end)) + "\r\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // The id is the message's own: two of one moment differ in their text.
  const std::string sum = archive::sha256_of(std::string(subject) + body);
  return fmt::format(
      "From: restante <restante@localhost>\r\nTo: restante <restante@localhost>\r\n"
      "Subject: {}\r\nDate: {}\r\nMessage-ID: <{}.{}@restante.localhost>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
      harmless(subject), to_rfc5322(now), now.time_since_epoch().count(), sum.substr(0, 16), body);
}

Status put_alarm(const archive::Path& archive, std::string_view subject, std::string_view text,
                 WallTime now) {
  // An account of its own: a fetch that hangs has the lock of the account that the alarm is about.
  RESTANTE_TRY(const archive::AccountLock lock, archive::AccountLock::take(archive, kOwnAccount));
  RESTANTE_TRY(auto mailbox, archive::Mailbox::open(archive, kOwnAccount, archive::Create::kYes));
  RESTANTE_TRY(auto incoming, mailbox.begin());
  RESTANTE_CHECKED(incoming->write(alarm_message(subject, text, now)));
  RESTANTE_CHECKED(incoming->finish());
  std::vector<std::unique_ptr<archive::Incoming>> batch;
  batch.push_back(std::move(incoming));
  RESTANTE_TRY(const auto kept, mailbox.keep(std::move(batch)));
  return kept.size() == 1 ? ok() : Status(Error(Errc::kIo, "the message was not kept"));
}

}  // namespace restante::fetch
