// A mail's way in by LMTP or SMTP, and out by POP3.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret_string.h"
#include "restantectl/selftest/dialogue.h"

namespace restante::ctl {

struct TestMail {
  std::string recipient;
  std::string text;  ///< The whole message, CRLF line ends, without the final dot.
  std::string mark;  ///< Stands in it, and in no other message.
};

/// `number` tells several mails of one run apart.
TestMail make_test_mail(const std::string& recipient, const std::string& run, int number);

/// After ok() the server has said that the mail is on its disk. Errors: as Dialogue.
Status bring(Dialogue& dialogue, const TestMail& mail);

/// USER and PASS. Errors: as Dialogue; kState: refused.
Status log_in(Dialogue& dialogue, const std::string& name, const SecretString& password);

/// Logged in: finds the mail among the newest and compares it octet for octet, but for the lines
/// that the server writes above it; gives its number. Nothing may be deleted in this session
/// before. Errors: as Dialogue; kNotFound; kCorrupt: it is not the mail that was sent.
Result<std::uint64_t> collect(Dialogue& dialogue, const TestMail& mail);

/// In force when quit() is ok. Errors: as Dialogue.
Status remove(Dialogue& dialogue, std::uint64_t number);

/// Ends the session. Errors: as Dialogue.
Status quit(Dialogue& dialogue);

}  // namespace restante::ctl
