#include "documents/pdf_text.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>

#include "documents/pdf_module.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

constexpr std::string_view kMark = "%PDF-";
// Readers of PDF files look so far for it.
constexpr std::size_t kMarkWithin = 1024;

struct Module {
  PdfModule state = PdfModule::kNotLoaded;
  decltype(restante_pdf_text_1)* read = nullptr;
  bool is_missed = false;
};

Module& module() {
  static Module only;
  return only;
}

/// Only its user or root can have put it there.
bool is_ours(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  const bool is_owned = status.st_uid == 0 || status.st_uid == ::geteuid();
  return is_owned && (status.st_mode & S_IWOTH) == 0;
}

bool is_pdf(std::string_view octets) {
  return octets.substr(0, kMarkWithin).find(kMark) != std::string_view::npos;
}

struct Taking {
  std::string text;
  std::size_t bytes_max = 0;
  const GoOn* go_on = nullptr;
};

bool take_page(void* context, const char* text, std::size_t bytes) noexcept try {
  Taking& taking = *static_cast<Taking*>(context);
  const std::size_t left = taking.bytes_max - taking.text.size();
  taking.text.append(text, std::min(bytes, left));
  if (taking.text.size() < taking.bytes_max) taking.text += '\n';
  return taking.text.size() < taking.bytes_max && (!*taking.go_on || (*taking.go_on)());
} catch (const std::exception&) {
  return false;
}

}  // namespace

PdfModule pdf_module() { return module().state; }

std::string pdf_module_path() {
  std::string program(4096, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", program.data(), program.size());
  program.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  for (int i = 0; i < 2; ++i) program.resize(std::min(program.size(), program.rfind('/')));
  return program + "/lib/restante/librestante_pdf.so";
}

void load_pdf_module(const std::string& path) {
  if (module().state != PdfModule::kNotLoaded) return;
  module().state = PdfModule::kMissing;
  // A file that is found from the program's place may be where others write, such as beside
  // /tmp/bin.
  const std::filesystem::path file(path);
  const bool is_safe =
      is_ours(file) && is_ours(file.parent_path()) && is_ours(file.parent_path().parent_path());
  if (!is_safe) return;
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  const auto prepare = reinterpret_cast<decltype(restante_pdf_prepare_1)*>(
      ::dlsym(library, "restante_pdf_prepare_1"));
  module().read =
      reinterpret_cast<decltype(restante_pdf_text_1)*>(::dlsym(library, "restante_pdf_text_1"));
  if (prepare == nullptr || module().read == nullptr) return;
  prepare();
  module().state = PdfModule::kLoaded;
}

std::string pdf_text(std::string_view octets, std::size_t bytes_max, const GoOn& go_on) {
  if (bytes_max == 0 || !is_pdf(octets)) return {};
  if (module().state != PdfModule::kLoaded) {
    module().is_missed = true;
    return {};
  }
  Taking taking{{}, bytes_max, &go_on};
  module().read(octets.data(), octets.size(), take_page, &taking);
  return std::string(cut_utf8(mend_utf8(taking.text), bytes_max));
}

bool take_pdf_missed() { return std::exchange(module().is_missed, false); }

}  // namespace restante::text
