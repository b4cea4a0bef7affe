#!/usr/bin/env python3
"""A Modbus TCP device with one uint32 that counts polls, written on plain sockets.

It keeps its own list of every number it answered, with the time, one "number microseconds" per line. Tests compare the
list with the historian; nothing of Penstock is used here.

    counting_device.py LIST [--port N] [--start N]

Input register and holding register 0 and 1 hold the number, high word first; any unit id is answered.
Prints "ready PORT".
"""
import argparse
import socketserver
import struct
import sys
import threading
import time


class Counter:
    def __init__(self, path, start):
        self.lock = threading.Lock()
        self.number = start
        self.list = open(path, "a", buffering=1, encoding="ascii")

    def next(self):
        with self.lock:
            self.number += 1
            # On the list before it is on the wire: the list is never behind what a client can have seen.
            self.list.write(f"{self.number} {time.time_ns() // 1000}\n")
            return self.number


def read_exactly(sock, size):
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            header = read_exactly(self.request, 7)
            if header is None:
                return
            transaction, protocol, length, unit = struct.unpack(">HHHB", header)
            pdu = read_exactly(self.request, length - 1)
            if pdu is None or protocol != 0:
                return
            answer = self.answer(pdu)
            self.request.sendall(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)

    def answer(self, pdu):
        function = pdu[0]
        if function not in (3, 4) or len(pdu) != 5:
            return bytes([function | 0x80, 1])
        address, count = struct.unpack(">HH", pdu[1:])
        if address != 0 or count != 2:
            return bytes([function | 0x80, 2])
        return bytes([function, 4]) + struct.pack(">I", self.server.counter.next() & 0xFFFFFFFF)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("list")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    with Server(("127.0.0.1", options.port), Connection) as server:
        server.counter = Counter(options.list, options.start)
        print("ready", server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
