// What the program calls in the library that it loads for PDF files (src/pdf). Two plain functions:
// no type of C++, no exception and no memory that another frees goes from one to the other. A
// change gives them new names, so that a library of another version is not called, but missed.
#pragma once

#include <cstddef>

extern "C" {

/// Is given the text of a page in UTF-8, which may be empty. False: no more of it is wanted.
using RestantePdfSink = bool(void* context, const char* text, std::size_t bytes);

/// Reads the files that texts are made by. From then on none is opened.
void restante_pdf_prepare_1();
/// The text of one PDF file; of one that is damaged or encrypted what can be read, or nothing.
void restante_pdf_text_1(const char* octets, std::size_t bytes, RestantePdfSink* sink,
                         void* context);
}
