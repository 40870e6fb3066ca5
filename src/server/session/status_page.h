// GET / and GET /style.css of an http listener: the page for operators (page/facts.h). It has names
// of accounts, so it is served on Unix sockets alone, whose mode says which users may look: any
// user of the machine reaches loopback.
#pragma once

#include <string>
#include <string_view>

#include "net/asio.h"
#include "server/common/session_context.h"

namespace restante::server {

struct PageRequest {
  std::string_view method;
  std::string_view host;    ///< The field of this name; empty: none.
  std::string_view target;  ///< As asked for: "/?range=day".
};

struct PageAnswer {
  unsigned status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body{};
};

/// The path is the page's. Pure.
bool is_page(std::string_view target);

/// Why there is no page for this request; nullopt: there is one. `hostname`: the server's. Pure.
std::optional<PageAnswer> refuse_page(const PageRequest& request, const settings::Listen& listen,
                                      std::string_view hostname);

/// `request` outlives the coroutine. The disk is waited for elsewhere.
net::Task<PageAnswer> status_page(const PageRequest& request, SessionContext& context);

}  // namespace restante::server
