// The Asio that we use: an event loop, timers and coroutines. Sockets are plain file descriptors
// (connection.h), because one code path then serves TCP, Unix sockets and TLS.
// Only net/, server/ and fetch/ include this; it is their precompiled header.
#pragma once

// Asio would give a small coroutine the memory of a large one, for as long as a session idles.
#define BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace restante::net {

namespace asio = boost::asio;

/// Every coroutine of ours runs on one io_context of one thread: the concrete executor spares the
/// type erasure of any_io_executor on each wait.
using Executor = asio::io_context::executor_type;
template <typename T>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kUseTask{};
/// For a wait that is awaited at once: its result is a tuple and no exception, and it takes no
/// coroutine of its own.
inline constexpr asio::as_tuple_t<asio::deferred_t> kUseTuple{asio::deferred};

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace restante::net
