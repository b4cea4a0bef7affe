#!/usr/bin/env python3
"""A Modbus TCP device played by pymodbus: 200 holding and input registers, writable, all zero at the start.

    pymodbus_device.py [--port N]

Any unit id is answered. Prints "ready PORT".
"""
import argparse
import asyncio

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server.async_io import ModbusTcpServer


async def serve(port):
    registers = ModbusSequentialDataBlock(0, [0] * 200)
    slave = ModbusSlaveContext(hr=registers, ir=registers, zero_mode=True)
    server = ModbusTcpServer(ModbusServerContext(slaves=slave, single=True), address=("127.0.0.1", port), allow_reuse_address=True)
    running = asyncio.create_task(server.serve_forever())
    await server.serving
    print("ready", server.server.sockets[0].getsockname()[1], flush=True)
    await running


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
