// The common options of the lists of accounts, aliases and devices: the domain, and the part.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "accounts/admin.h"
#include "restantectl/office.h"

namespace restante::ctl {

struct ListOptions {
  std::string domain;
  std::string after;
  std::optional<std::size_t> limit;
};

void add_list_options(CLI::App& list, ListOptions& options);

/// `after` may lack its domain, as any name.
accounts::ListRange range_of(const Office& office, const ListOptions& options);

}  // namespace restante::ctl
