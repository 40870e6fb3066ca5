// GET / and GET /style.css of an http listener: the page for operators (page/facts.h). It has names
// of accounts, so it is served on Unix sockets, whose mode says which users may look, and over TLS
// to those that page_entry.h lets in. Any user of the machine reaches loopback: plain TCP has none.
#pragma once

#include <string>
#include <string_view>

#include "net/asio.h"
#include "server/common/session_context.h"
#include "server/session/page_entry.h"

namespace restante::server {

struct PageRequest {
  std::string_view method;
  std::string_view host;    ///< The field of this name; empty: none.
  std::string_view target;  ///< As asked for: "/?range=day".
};

/// The way that a request has come.
enum class PageWay : std::uint8_t {
  kUnixSocket,  ///< Its mode has let the peer in.
  kTls,         ///< The peer has to say who it is.
  kPlain,       ///< What it said could be read on the way.
};
PageWay way_of(const SessionContext& context);

/// The path is the page's. Pure.
bool is_page(std::string_view target);

/// Why there is no page for this request; nullopt: there is one. `hostname`: the server's. Pure.
std::optional<PageAnswer> refuse_page(const PageRequest& request, PageWay way,
                                      std::string_view hostname);

/// `request` outlives the coroutine. `key`: what it brings. The disk is waited for elsewhere.
net::Task<PageAnswer> status_page(const PageRequest& request, PageKey key, SessionContext& context);

}  // namespace restante::server
