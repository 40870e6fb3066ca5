// What to put into the DNS, so that programs set themselves up.
#include "autoconfig/dns.h"

#include <algorithm>

#include "base/ascii.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

Exit show_records(Office& office, const std::string& wanted) {
  const autoconfig::Settings& settings = office.config().autoconfig;
  if (settings.domains.empty())
    return fail(Exit::kConfig, "there is no [autoconfig] table: docs/autoconfig.md has one");
  const std::string domain = to_lower(wanted);
  if (!domain.empty() && std::ranges::find(settings.domains, domain) == settings.domains.end())
    return fail(Exit::kNoUser, domain + " is none of autoconfig.domains");
  console::JsonList list(office.out());
  std::vector<autoconfig::DnsRecord> all;
  for (const std::string& name : settings.domains) {
    if (!domain.empty() && name != domain) continue;
    const auto offer = autoconfig::offer_of(settings, name);
    for (const autoconfig::DnsRecord& record : autoconfig::dns_records(offer, settings.hostname)) {
      list.add({{"domain", name},
                {"name", record.name},
                {"type", record.type},
                {"value", record.value}});
      all.push_back(record);
    }
  }
  if (office.out().text())
    for (const std::string& line : autoconfig::zone_lines(all)) office.out().line(line);
  return Exit::kOk;
}

}  // namespace

void add_autoconfig_command(CLI::App& app, Chosen& chosen) {
  const auto domain = std::make_shared<std::string>();
  CLI::App& made = add_command(
      app, chosen,
      {"autoconfig", "The DNS records by which programs set themselves up, as a zone file has them",
       "  restantectl autoconfig               # of every domain in [autoconfig]\n"
       "  restantectl autoconfig example.com"},
      [domain](Office& office) { return show_records(office, *domain); }, Enters::kItself);
  made.add_option("DOMAIN", *domain, "Of this domain alone")->type_name("");
}

}  // namespace restante::ctl
