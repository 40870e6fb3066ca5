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
        COMPONENT client)

# restante_unit(FILE folder component): a systemd unit of packaging/systemd.
function(restante_unit file folder component)
  install(CODE "
    file(READ \"${packaging}/systemd/${file}\" unit)
    set(server \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/restanted\")
    string(REPLACE /usr/local/bin/restanted \"\${server}\" unit \"\${unit}\")
    string(REPLACE /usr/local/ \"\${CMAKE_INSTALL_PREFIX}/\" unit \"\${unit}\")
    file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/${folder}/${file}\" \"\${unit}\")
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
