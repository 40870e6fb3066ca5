// A connection to a mail server that messages are handed on to, as lines and octets: over a stream
// of our own (LMTP), or over one that libcurl has opened and logged in on (SMTP, IMAP).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/hand_on/hand_on_target.h"

namespace restante::fetch {

/// Errors of all: kTimeout, kClosed, kIo, kState (stop was raised), kLimit (a line that does not
/// end). After one the link is of no more use.
class MailLink {
 public:
  MailLink() = default;
  virtual ~MailLink() = default;
  MailLink(const MailLink&) = delete;
  MailLink& operator=(const MailLink&) = delete;

  virtual Status write(std::string_view octets) = 0;
  /// How long one read or write may take.
  virtual void set_timeout(std::chrono::seconds timeout) = 0;
  /// Without its end; what could harm a terminal is a blank. Of 64 KiB at most.
  Result<std::string> read_line();
  /// At least one octet, valid until the next call; for those who read no lines.
  virtual Result<std::string_view> read() = 0;

 private:
  std::string unread_;
};

/// Why there is no link, and whether it was us.
struct LinkResult {
  std::unique_ptr<MailLink> link;
  HandOnVerdict verdict;  ///< Without a link: kDown or kStopped.
};

/// To "host:port" or "unix:/path".
LinkResult link_by_stream(const HandOnTask& task);
/// Greeted, encrypted and logged in as the target says (SMTP: RFC 5321, 3207, 4954; IMAP: RFC
/// 9051). `greeting`: how long each answer may take.
LinkResult link_by_curl(const HandOnTask& task, std::chrono::seconds greeting);

/// What an error of a link means while a target is asked for `step`.
std::string reason_of(const Error& error, std::string_view step);

}  // namespace restante::fetch
