# cmake --install: what a system gets, in two components, as the packages have it
# (packaging/debian): "server" and "client". Units name the programs where they are put.
include(GNUInstallDirs)
set(packaging ${CMAKE_SOURCE_DIR}/packaging)

install(TARGETS restanted RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR} COMPONENT server)
install(TARGETS restantectl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(TARGETS restante RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT client)
# Found from the program: ../lib/restante.
install(TARGETS restante_pdf LIBRARY DESTINATION lib/restante COMPONENT client)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        COMPONENT client PATTERN restantectl* EXCLUDE)
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        COMPONENT server FILES_MATCHING PATTERN restantectl*)

# restante_unit(FILE folder component): a systemd unit of packaging/systemd. The server's program is
# put aside first: the prefix may be below /usr/local itself.
function(restante_unit file folder component)
  install(CODE "
    file(READ \"${packaging}/systemd/${file}\" unit)
    string(REPLACE /usr/local/bin/restanted __server__ unit \"\${unit}\")
    string(REPLACE /usr/local/ \"\${CMAKE_INSTALL_PREFIX}/\" unit \"\${unit}\")
    set(restante_server \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/restanted\")
    string(REPLACE __server__ \"\${restante_server}\" unit \"\${unit}\")
    file(WRITE \"${CMAKE_BINARY_DIR}/units/${file}\" \"\${unit}\")
    file(INSTALL \"${CMAKE_BINARY_DIR}/units/${file}\"
         DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/${folder}\"
         PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    " COMPONENT ${component})
endfunction()
restante_unit(restanted.service system server)
restante_unit(restanted.socket system server)
restante_unit(restante-fetch.service user client)
restante_unit(restante-fetch.timer user client)
restante_unit(restante-watch.service user client)

install(FILES ${packaging}/restante.sysusers DESTINATION lib/sysusers.d RENAME restante.conf
        COMPONENT server)
install(FILES ${packaging}/restante.tmpfiles DESTINATION lib/tmpfiles.d RENAME restante.conf
        COMPONENT server)
