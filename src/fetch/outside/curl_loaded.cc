#include "fetch/outside/curl_loaded.h"

#include <curl/curl.h>
#include <dlfcn.h>

#include <cstdarg>

#include "base/check.h"

namespace restante::fetch {
namespace {

// By this name the package libcurl4 has it, and each package that replaces it.
constexpr const char* kLibrary = "libcurl.so.4";

struct Library {
  void* handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  std::string failure;

  Library() {
    if (handle != nullptr) return;
    const char* const why = ::dlerror();
    failure = why == nullptr ? kLibrary : why;
  }
};

const Library& library() {
  static const Library loaded;
  return loaded;
}

/// Every caller has a handle, which only a library that was loaded gives.
template <typename Function>
Function* function_of(const char* name) {
  void* const found = library().handle == nullptr ? nullptr : ::dlsym(library().handle, name);
  RESTANTE_CHECK(found != nullptr);
  return reinterpret_cast<Function*>(found);
}

}  // namespace

const std::string& curl_failure() { return library().failure; }

}  // namespace restante::fetch

// What curl_easy_setopt() and curl_easy_getinfo() take is a long, a pointer or a curl_off_t.
static_assert(sizeof(long) == sizeof(void*) && sizeof(curl_off_t) == sizeof(void*));

// A name that is looked for once, and called from then on.
#define RESTANTE_PASS_ON(name, ...)                                              \
  static auto* const real = restante::fetch::function_of<decltype(name)>(#name); \
  return real(__VA_ARGS__)

extern "C" {

CURLcode curl_global_init(long flags) { RESTANTE_PASS_ON(curl_global_init, flags); }
CURL* curl_easy_init() { RESTANTE_PASS_ON(curl_easy_init); }
void curl_easy_cleanup(CURL* curl) { RESTANTE_PASS_ON(curl_easy_cleanup, curl); }
CURLcode curl_easy_perform(CURL* curl) { RESTANTE_PASS_ON(curl_easy_perform, curl); }
const char* curl_easy_strerror(CURLcode code) { RESTANTE_PASS_ON(curl_easy_strerror, code); }
CURLcode curl_easy_send(CURL* curl, const void* buffer, std::size_t size, std::size_t* sent) {
  RESTANTE_PASS_ON(curl_easy_send, curl, buffer, size, sent);
}
CURLcode curl_easy_recv(CURL* curl, void* buffer, std::size_t size, std::size_t* got) {
  RESTANTE_PASS_ON(curl_easy_recv, curl, buffer, size, got);
}
curl_slist* curl_slist_append(curl_slist* list, const char* text) {
  RESTANTE_PASS_ON(curl_slist_append, list, text);
}
void curl_slist_free_all(curl_slist* list) { RESTANTE_PASS_ON(curl_slist_free_all, list); }

// Both enumerations are as large as an int, so that their promotion changes nothing.
static_assert(sizeof(CURLoption) == sizeof(int) && sizeof(CURLINFO) == sizeof(int));
#pragma clang diagnostic ignored "-Wvarargs"

CURLcode curl_easy_setopt(CURL* curl, CURLoption option, ...) {
  va_list arguments;
  va_start(arguments, option);
  void* const value = va_arg(arguments, void*);
  va_end(arguments);
  RESTANTE_PASS_ON(curl_easy_setopt, curl, option, value);
}
CURLcode curl_easy_getinfo(CURL* curl, CURLINFO info, ...) {
  va_list arguments;
  va_start(arguments, info);
  void* const value = va_arg(arguments, void*);
  va_end(arguments);
  RESTANTE_PASS_ON(curl_easy_getinfo, curl, info, value);
}

}  // extern "C"
