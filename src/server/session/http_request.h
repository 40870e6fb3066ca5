// Requests of HTTP as Beast reads them, but that nothing of them stays in memory: one may bring a
// password.
#pragma once

#include <string.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <string>

#include "base/secret_string.h"
#include "net/asio.h"

namespace restante::server {

template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <typename Other>
  WipingAllocator(const WipingAllocator<Other>&) {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* at, std::size_t count) {
    ::explicit_bzero(at, count * sizeof(T));
    std::allocator<T>().deallocate(at, count);
  }
  bool operator==(const WipingAllocator&) const { return true; }
};

using HttpFields = boost::beast::http::basic_fields<WipingAllocator<char>>;
using HttpParser =
    boost::beast::http::request_parser<boost::beast::http::string_body, WipingAllocator<char>>;
using HttpRequest = boost::beast::http::request<boost::beast::http::string_body, HttpFields>;

/// Takes the octets that the parser uses out of `buffered`.
inline void put(HttpParser& parser, std::string& buffered, boost::beast::error_code& failure) {
  const std::size_t used = parser.put(net::asio::buffer(buffered), failure);
  std::string rest = buffered.substr(used);
  wipe(buffered);
  buffered.swap(rest);
}

/// The peer waits for a word before it sends the body (RFC 9110 s.10.1.1).
inline bool waits_for_word(const HttpParser& parser) {
  return parser.is_header_done() && !parser.is_done() &&
         boost::beast::iequals(parser.get()[boost::beast::http::field::expect], "100-continue");
}

}  // namespace restante::server
