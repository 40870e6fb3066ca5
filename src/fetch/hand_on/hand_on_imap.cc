// Hands messages on to a folder of an IMAP server, by APPEND.
#include <fmt/format.h>

#include <algorithm>

#include "archive/reader/reader.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/hand_on/header_block.h"
#include "fetch/hand_on/imap_folder.h"
#include "fetch/hand_on/mail_link.h"
#include "mail/header_fields.h"

namespace restante::fetch {
namespace {

constexpr std::chrono::seconds kCommandTime{300};
constexpr std::chrono::seconds kLogoutTime{5};
constexpr int kUntaggedMax = 10'000;  // Before the answer to a command.
constexpr std::int64_t kSecondsMax = 1LL << 33;

/// A server's answer: "+", or what stands behind the tag.
struct Answer {
  std::string text;
  bool go_on = false;

  [[nodiscard]] bool ok() const { return starts_with("OK"); }
  [[nodiscard]] bool bad() const { return starts_with("BAD"); }
  [[nodiscard]] bool starts_with(std::string_view word) const {
    return starts_with_ignore_case(text, word);
  }
  [[nodiscard]] bool has(std::string_view code) const {
    return text.find(code) != std::string::npos;
  }
};

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// "21-Nov-2026 22:08:59 +0000" (RFC 3501 s.9, date-time).
std::string imap_date(WallTime time) {
  std::string text = to_rfc5322(time).substr(5);
  text[2] = text[6] = '-';
  return text;
}

/// When the message came to its recipient's provider; else when it was written. Empty: not known.
std::string internal_date(const archive::Path& file) {
  const HeaderBlock header = read_header(file);
  const WallTime latest = system_clock().now() + std::chrono::days(1);
  for (const std::string_view field : {"Received", "Date"}) {
    const auto date = archive::Reader().date(mail::header_field(header.text(), field));
    if (!date || *date <= 0 || *date > kSecondsMax) continue;
    if (const WallTime time{std::chrono::seconds(*date)}; time < latest) return imap_date(time);
  }
  return {};
}

class ImapSession : public HandOnSession {
 public:
  explicit ImapSession(const HandOnTask& task)
      : task_(task), folder_(in_quotes(modified_utf7(imap_folder_of(task.target.target)))) {}
  ~ImapSession() override {
    if (!link_) return;
    link_->set_timeout(kLogoutTime);
    static_cast<void>(ask("LOGOUT"));
  }

  HandOnVerdict give(const HandOnMessage& message) override {
    const bool reused = link_ != nullptr;
    if (!reused)
      if (HandOnVerdict verdict = connect(); verdict.kind != HandOnVerdict::Kind::kTaken)
        return verdict;
    Result<Answer> ready = begin(message);
    if (!ready && reused && ready.error().code != Errc::kState) {
      // A server may end a connection between two messages; that says nothing of the second.
      link_.reset();
      if (HandOnVerdict verdict = connect(); verdict.kind != HandOnVerdict::Kind::kTaken)
        return verdict;
      ready = begin(message);
    }
    // Its size may be why: others are offered all the same.
    if (!ready && ready.error().code != Errc::kState) {
      link_.reset();
      return later(reason_of(ready.error(), "APPEND"));
    }
    if (!ready) return lost(ready.error());
    return ready->go_on ? send(message) : judge(*ready);
  }

 private:
  HandOnVerdict connect() {
    LinkResult opened = link_by_curl(task_, time());
    if (!opened.link) return std::move(opened.verdict);
    link_ = std::move(opened.link);
    link_->set_timeout(time());
    // Asked once, before the first message: a folder that is not there would refuse each of them,
    // and each would count as tried.
    const Result<Answer> status = ask("STATUS " + folder_ + " (MESSAGES)");
    if (!status) return lost(status.error());
    // BAD is of a server that does not know the command; its APPEND may work all the same.
    if (status->ok() || status->bad()) return taken();
    link_.reset();
    return down(fmt::format("the folder {} is not there: {}", folder_, status->text));
  }

  HandOnVerdict lost(const Error& error) {
    link_.reset();
    if (error.code == Errc::kState) return {HandOnVerdict::Kind::kStopped, "stopped"};
    return down(reason_of(error, "APPEND"));
  }

  Result<Answer> begin(const HandOnMessage& message) {
    std::string line = "APPEND " + folder_;
    if (task_.target.seen) line += " (\\Seen)";
    if (const std::string date = internal_date(message.file()); !date.empty())
      line += " " + in_quotes(date);
    return ask(fmt::format("{} {{{}}}", line, message.octets()));
  }

  HandOnVerdict send(const HandOnMessage& message) {
    Status sent = message.send([&](std::string_view octets) { return link_->write(octets); });
    // The line's end that follows a literal (RFC 3501 s.9); without it the server waits for
    // more arguments.
    if (sent) sent = link_->write("\r\n");
    if (!sent) {
      link_.reset();
      if (sent.error().code == Errc::kState) return {HandOnVerdict::Kind::kStopped, "stopped"};
      return later(reason_of(sent.error(), "the message"));
    }
    link_->set_timeout(patience_with(task_.target));
    const Result<Answer> last = answer();
    if (last) {
      link_->set_timeout(time());
      return judge(*last);
    }
    link_.reset();
    return unanswered(reason_of(last.error(), "the end of the message"));
  }

  /// RFC 5530 s.3: some refusals are of the folder, not of the message.
  HandOnVerdict judge(const Answer& answer) {
    if (answer.ok()) return taken();
    std::string reason = "APPEND: " + answer.text;
    for (const std::string_view code : {"[TRYCREATE]", "[OVERQUOTA]", "[NOPERM]", "[UNAVAILABLE]",
                                        "[NONEXISTENT]", "[CANNOT]", "[INUSE]"})
      if (answer.has(code)) return down(std::move(reason));
    return answer.bad() ? refused(std::move(reason)) : later(std::move(reason));
  }

  Result<Answer> ask(const std::string& command) {
    RESTANTE_CHECKED(link_->write(fmt::format("R{} {}\r\n", ++tag_, command)));
    return answer();
  }

  /// Untagged answers but a goodbye are of no interest here.
  Result<Answer> answer() {
    const std::string tag = fmt::format("R{} ", tag_);
    for (int i = 0; i < kUntaggedMax; ++i) {
      RESTANTE_TRY(const std::string line, link_->read_line());
      if (line.starts_with("+")) return Answer{line, true};
      if (line.starts_with(tag)) return Answer{line.substr(tag.size()), false};
      if (starts_with_ignore_case(line, "* BYE"))
        return Error(Errc::kIo, "the server says goodbye: " + line.substr(2));
    }
    return Error(Errc::kLimit, "the server does not come to an answer");
  }

  [[nodiscard]] std::chrono::seconds time() const {
    return task_.target.timeout.count() > 0 ? task_.target.timeout : kCommandTime;
  }

  const HandOnTask& task_;
  const std::string folder_;
  std::unique_ptr<MailLink> link_;
  unsigned tag_ = 0;
};

}  // namespace

std::unique_ptr<HandOnSession> imap_session(const HandOnTask& task) {
  return std::make_unique<ImapSession>(task);
}

}  // namespace restante::fetch
