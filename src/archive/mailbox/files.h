// The words of src/files that the archive uses on every page, without their module before them.
#pragma once

#include "files/file.h"
#include "files/stamp.h"

namespace restante::archive {

using files::Descriptor;
using files::make_folders;
using files::names_in;
using files::open_file;
using files::Path;
using files::read_some;
using files::remove_file;
using files::rename_file;
using files::replace_durably;
using files::stamp_of;
using files::sync_data;
using files::sync_folder;
using files::system_error;
using files::visit_names;
using files::write_all;

}  // namespace restante::archive
