#include "autoconfig/settings.h"

#include <algorithm>

#include "config/keys.h"

namespace restante::autoconfig {
namespace {

using config::Count;
using config::key;
using config::key_by;
using config::kPath;
using config::kText;
using config::Plain;
using config::Value;

constexpr std::uint64_t kPortMax = 65535;
constexpr std::uint16_t kSubmissionsPort = 465;
constexpr std::uint16_t kSubmissionPort = 587;

Result<std::vector<std::string>> domains(const Value& value) {
  if (value.node.kind != config::Kind::kArray)
    return config::wrong_type("an array, as in [\"example.com\"]", value.node);
  std::vector<std::string> out;
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(std::string name, config::host_name(Value{item, value.base}));
    if (std::ranges::find(out, name) != out.end())
      return config::wrong_value(fmt::format("names {} twice", name));
    out.push_back(std::move(name));
  }
  return out;
}

Result<config::FarAddress> submission_place(const Value& value, std::uint16_t usual_port) {
  RESTANTE_TRY(const std::string text, config::text(value));
  if (text.find(':') == std::string::npos)
    return config::parse_far_lmtp(fmt::format("{}:{}", text, usual_port));
  return config::parse_far_lmtp(text);
}

Result<config::FarAddress> submissions_server(const Value& value) {
  return submission_place(value, kSubmissionsPort);
}
Result<config::FarAddress> submission_server(const Value& value) {
  return submission_place(value, kSubmissionPort);
}

void set_domains(Settings& settings, std::vector<std::string> names) {
  settings.domains = std::move(names);
}
void set_submissions(Settings& settings, config::FarAddress address) {
  settings.submissions = std::move(address);
}
void set_submission(Settings& settings, config::FarAddress address) {
  settings.submission = std::move(address);
}
void set_pop3s_port(Settings& settings, std::uint64_t port) {
  settings.pop3s_port = static_cast<std::uint16_t>(port);
}
void set_pop3_port(Settings& settings, std::uint64_t port) {
  settings.pop3_port = static_cast<std::uint16_t>(port);
}

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key_by<Settings>("domains", set_domains, std::nullopt, Plain(domains, "list of domains"),
                       "The domains of mail addresses whose programs are answered; others get "
                       "404. In ASCII (`xn--…`).")
          .required(),
      key("name", &Settings::name, kText, "What programs call the account's provider.",
          "the domain"),
      key("hostname", &Settings::hostname, Plain(config::host_name, "domain name"),
          "The name of the POP3 server, which its certificate must have.", "`hostname`"),
      key_by<Settings>("pop3s_port", set_pop3s_port, std::nullopt, Count(0, kPortMax),
                       "The port where POP3 begins with TLS. 0: not offered.",
                       "that of the first `implicit` listener, or 0"),
      key_by<Settings>("pop3_port", set_pop3_port, std::nullopt, Count(0, kPortMax),
                       "The port where TLS is begun by STLS. 0: not offered.",
                       "that of the first `starttls` listener, or 0"),
      key_by<Settings>("submissions", set_submissions, std::nullopt,
                       Plain(submissions_server, "`\"host:port\"`"),
                       "The server that takes mail to send, with TLS at once (port 465). "
                       "Thunderbird and Apple's profiles need one."),
      key_by<Settings>("submission", set_submission, std::nullopt,
                       Plain(submission_server, "`\"host:port\"`"),
                       "The same, with STARTTLS (port 587)."),
      key("profile_certificate", &Settings::profile_certificate, kPath,
          "PEM: the certificate that signs Apple's profiles, with its chain. Without it they are "
          "not signed, and devices say so."),
      key("profile_key", &Settings::profile_key, kPath, "PEM: the key of that certificate."),
  };
  return keys;
}

}  // namespace restante::autoconfig
