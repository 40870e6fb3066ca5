#include "restantectl/accounts/list_options.h"

namespace restante::ctl {

void add_list_options(CLI::App& list, ListOptions& options) {
  list.add_option("--domain", options.domain, "Those of this domain alone")->type_name("DOMAIN");
  list.add_option("--limit", options.limit, "At most so many")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  list.add_option("--after", options.after, "Those behind this one: the last of the page before")
      ->type_name("NAME");
}

accounts::ListRange range_of(const Office& office, const ListOptions& options) {
  accounts::ListRange range;
  range.domain = options.domain;
  range.limit = options.limit;
  range.after = options.after;
  // Not made canonical: the name stands as an earlier page printed it, perhaps by older rules.
  if (!range.after.empty() && range.after.find('@') == std::string::npos)
    range.after += "@" + office.names().default_domain;
  return range;
}

}  // namespace restante::ctl
