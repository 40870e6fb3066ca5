// Asks a running server at its control socket (server/control/control.h), and says what to do where
// there is none.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>

#include "base/result.h"
#include "restantectl/exit_code.h"
#include "restantectl/office.h"
#include "server/control/request.h"

namespace restante::ctl {

/// How a question failed: no server was there to answer, or this was the answer.
struct NoAnswer {
  Exit exit = Exit::kTemporary;
  std::string message;
};

/// The result that the server answers.
tl::expected<boost::json::object, NoAnswer> ask_server(const std::filesystem::path& data_dir,
                                                       const control::Request& request);

/// The same, for the caller, by its own user and that of sudo; a failure is told.
tl::expected<boost::json::object, Exit> ask_server(const Office& office, control::Request request);

}  // namespace restante::ctl
