// An account that is purged leaves its lines in the journal until their term, without its name.
#pragma once

#include <cstdint>
#include <string>

#include "files/file.h"

namespace restante::journal {

/// What stands for a name: the same for the same name in this journal, and nothing that the name
/// could be found by. Errors: as files::system_error(); kNotFound: there is no journal.
Result<std::string> hidden_name(const files::Path& folder, std::string_view name);

/// Puts hidden_name() in the place of the name, wherever it is an account's or a recipient's.
/// Returns how many lines had it. Files are replaced durably, one after the other; called again
/// after a kill it does the rest. Errors: as hidden_name().
Result<std::uint64_t> forget_name(const files::Path& folder, std::string_view name);

}  // namespace restante::journal
