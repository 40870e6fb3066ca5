#include "restantectl/selftest/mail_way.h"

#include "base/clock.h"
#include "base/numbers.h"
#include "mail/wire_codec.h"

namespace restante::ctl {
namespace {

// The mail of a self-test is among the latest; a maildrop in use may have got others since.
constexpr std::uint64_t kLookedAt = 50;
constexpr std::size_t kLargestLookedAt = 64U << 20;

/// The number of messages, of "+OK 3 1200".
Result<std::uint64_t> count_in(std::string_view stat) {
  const std::size_t begin = stat.find(' ');
  const std::string_view rest = begin == std::string_view::npos ? "" : stat.substr(begin + 1);
  const auto count = parse_decimal<std::uint64_t>(rest.substr(0, rest.find(' ')));
  if (!count) return Error(Errc::kSyntax, "it says: " + pop3::to_printable(stat));
  return *count;
}

}  // namespace

TestMail make_test_mail(const std::string& recipient, const std::string& run, int number) {
  TestMail mail;
  mail.recipient = recipient;
  mail.mark = run + "." + std::to_string(number) + "@selftest.invalid";
  mail.text = "From: restantectl selftest <>\r\nTo: " + recipient +
              "\r\nSubject: restantectl selftest\r\nMessage-ID: <" + mail.mark +
              ">\r\n\r\nThis message was sent by restantectl selftest, and is deleted by it.\r\n"
              ".\r\n..\r\nThe lines above have one dot and two.\r\n";
  return mail;
}

Status bring(Dialogue& dialogue, const TestMail& mail) {
  RESTANTE_CHECKED(dialogue.ask_smtp("MAIL FROM:<>", "250"));
  RESTANTE_CHECKED(dialogue.ask_smtp("RCPT TO:<" + mail.recipient + ">", "250"));
  RESTANTE_CHECKED(dialogue.ask_smtp("DATA", "354"));
  std::string wire;
  mail::DotStuffer stuffer{mail::BareLf::kToCrlf};
  stuffer.write(mail.text, wire);
  stuffer.finish(wire);
  RESTANTE_CHECKED(dialogue.send(wire + ".\r\n"));
  RESTANTE_CHECKED(dialogue.hear_smtp("250"));
  RESTANTE_CHECKED(dialogue.ask_smtp("QUIT", "221"));
  return ok();
}

Status log_in(Dialogue& dialogue, const std::string& name, const SecretString& password) {
  RESTANTE_CHECKED(dialogue.ask_pop3("USER " + name));
  RESTANTE_CHECKED(dialogue.ask_pop3("PASS " + std::string(password.view())));
  return ok();
}

Result<std::uint64_t> collect(Dialogue& dialogue, const TestMail& mail) {
  RESTANTE_TRY(const std::string stat, dialogue.ask_pop3("STAT"));
  RESTANTE_TRY(const std::uint64_t count, count_in(stat));
  for (std::uint64_t number = count; number > 0 && count - number < kLookedAt; --number) {
    const std::string name = std::to_string(number);
    RESTANTE_CHECKED(dialogue.ask_pop3("TOP " + name + " 0"));
    RESTANTE_TRY(const std::string header, dialogue.hear_body(kLargestLookedAt));
    if (header.find(mail.mark) == std::string::npos) continue;
    RESTANTE_CHECKED(dialogue.ask_pop3("RETR " + name));
    RESTANTE_TRY(const std::string whole, dialogue.hear_body(kLargestLookedAt));
    if (!whole.ends_with("\r\n" + mail.text))
      return Error(Errc::kCorrupt, "the mail that came out is not the one that went in");
    return number;
  }
  return Error(Errc::kNotFound, "the mail that went in is not among the newest");
}

Status remove(Dialogue& dialogue, std::uint64_t number) {
  RESTANTE_CHECKED(dialogue.ask_pop3("DELE " + std::to_string(number)));
  return ok();
}

Status quit(Dialogue& dialogue) {
  RESTANTE_CHECKED(dialogue.ask_pop3("QUIT"));
  return ok();
}

}  // namespace restante::ctl
