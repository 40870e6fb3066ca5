// What strangers ask of autoconfig, and what a client reads of it. The first line of the input is
// "METHOD HOST TARGET", the rest a body, which is read as a configuration, too.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "autoconfig/outlook.h"
#include "autoconfig/site.h"
#include "autoconfig/thunderbird.h"
#include "autoconfig/xml.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/limits.h"

namespace {

using namespace restante::autoconfig;

const Site& site() {
  static const Site made = [] {
    Settings settings;
    settings.domains = {"example.com", "example.org"};
    settings.hostname = "mail.example.com";
    settings.pop3s_port = 995;
    settings.pop3_port = 110;
    settings.submissions = restante::config::FarAddress{"smtp.example.com", 465, false};
    return *Site::make(settings, nullptr);
  }();
  return made;
}

std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

void check_answer(const Request& request) {
  const Answer answer = site().answer(request);
  RESTANTE_CHECK(answer.status == 200 || answer.status == 404 || answer.status == 405);
  RESTANTE_CHECK(!answer.body.empty() && answer.body.size() < (16U << 10));
  RESTANTE_CHECK(answer.body.find("<script") == std::string::npos);
  if (request.method != "POST" || answer.status != 200) return;
  // Each answer is XML that our own reader takes, and only an address gets a server.
  const auto root = parse_xml(answer.body);
  RESTANTE_CHECK(root && root->name == "Autodiscover");
  const auto address = read_outlook_request(request.body);
  RESTANTE_CHECK(address || answer.body.find("<Protocol>") == std::string::npos);
  if (address) RESTANTE_CHECK(address->size() <= 254 && address->find('@') != std::string::npos);
}

void check_configuration(std::string_view body) {
  const auto found = read_thunderbird_config(body, "ann@example.com");
  if (!found) return;
  RESTANTE_CHECK(found->size() <= 16);
  for (const FoundServer& each : *found) {
    const std::string& host = each.server.host;
    RESTANTE_CHECK(!host.empty() && host.size() <= restante::limits::kDomainBytesMax);
    RESTANTE_CHECK(each.server.port != 0 && each.user.size() <= 320);
    RESTANTE_CHECK(std::none_of(each.user.begin(), each.user.end(), restante::is_control));
    RESTANTE_CHECK(host.find_first_of(" /:@%\"\\\r\n") == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view first = input.substr(0, input.find('\n'));
  const std::string_view body = input.substr(std::min(first.size() + 1, input.size()));
  Request request;
  request.method = take_word(first);
  request.host = take_word(first);
  request.target = first;
  request.body = body;
  check_answer(request);
  request.method = "POST";
  request.host = "example.com";
  request.target = "/autodiscover/autodiscover.xml";
  check_answer(request);
  check_configuration(body);
  if (const auto root = parse_xml(body)) {
    const auto again = parse_xml("<r>" + xml_escaped(root->text) + "</r>");
    RESTANTE_CHECK(again && again->text == root->text);
  }
  return 0;
}
