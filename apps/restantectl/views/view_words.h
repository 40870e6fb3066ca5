// Views of maildrops as operators write and read them.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "maildrop/store.h"

namespace restante::ctl {

/// The number of a maildrop's view, by its name; empty or "default": the default one. Errors:
/// kSyntax (the trash, or what no view can be called), kNotFound, kIo.
Result<maildrop::View> find_view(maildrop::Store& store, const std::string& maildrop,
                                 std::string_view name);

/// Errors: kState (it is a copy's, which goes with the copy), kNotFound, kIo.
Status refuse_view_of_copy(maildrop::Store& store, const std::string& maildrop,
                           std::string_view name);

boost::json::object to_json(const maildrop::ViewInfo& view);
/// "yes", "no", or why not.
std::string holds_text(const maildrop::ViewInfo& view);

}  // namespace restante::ctl
