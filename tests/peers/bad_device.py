#!/usr/bin/env python3
"""A Modbus TCP device that misbehaves in one way; every register reads 7.

    bad_device.py wrong-unit|wrong-length|byte-by-byte|never|exception [--port N]

Prints "ready PORT".
"""
import argparse
import socketserver
import struct
import time


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            header = self.rfile.read(7)
            if len(header) < 7:
                return
            transaction, _, length, unit = struct.unpack(">HHHB", header)
            pdu = self.rfile.read(length - 1)
            if len(pdu) < 5:
                return
            self.answer(transaction, unit, pdu[0], struct.unpack(">H", pdu[3:5])[0])

    def answer(self, transaction, unit, function, count):
        way = self.server.way
        body = bytes([function, 2 * count]) + b"\x00\x07" * count
        length = len(body) + 1
        if way == "never":
            return
        if way == "wrong-unit":
            unit ^= 0x55
        if way == "wrong-length":
            body = bytes([function, 2 * count - 2]) + b"\x00\x07" * (count - 1) if count > 1 else bytes([function, 4]) + b"\x00\x07" * 2
            length = len(body) + 1
        if way == "exception":
            body, length = bytes([function | 0x80, 2]), 3
        frame = struct.pack(">HHHB", transaction, 0, length, unit) + body
        if way != "byte-by-byte":
            self.request.sendall(frame)
            return
        for index in range(len(frame)):
            self.request.sendall(frame[index : index + 1])
            time.sleep(0.002)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=["wrong-unit", "wrong-length", "byte-by-byte", "never", "exception"])
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with Server(("127.0.0.1", options.port), Connection) as server:
        server.way = options.way
        print("ready", server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
