// The text in PDF files. poppler reads them, in a library of its own (src/pdf) that is loaded on
// demand: it takes 50 ms and 9 MB, opens files and brings 26 libraries with it, and most runs see
// no PDF file. For one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace restante::text {

enum class PdfModule : std::uint8_t {
  kNotLoaded,
  kLoaded,
  kMissing,  ///< It cannot be loaded, and is not tried again.
};

PdfModule pdf_module();
/// Where it is: beside the program's folder, in lib/restante.
std::string pdf_module_path();
/// With all files that it needs; pdf_text() opens none.
void load_pdf_module(const std::string& path = pdf_module_path());

/// Asked between two pages whether to go on.
using GoOn = std::function<bool()>;

/// About `bytes_max` bytes of well-formed UTF-8 at most; empty: there is none, it is encrypted, it
/// is no PDF file, or the module is not loaded.
std::string pdf_text(std::string_view octets, std::size_t bytes_max, const GoOn& go_on = {});

/// Whether pdf_text() was given a PDF file without a module since this was last asked.
bool take_pdf_missed();

}  // namespace restante::text
