#!/usr/bin/env python3
"""An independent client: writes 16-bit words into holding registers of a Modbus TCP device.

    pymodbus_write.py PORT ADDRESS WORD...
"""
import sys

from pymodbus.client import ModbusTcpClient


def main():
    port, address, *words = (int(text, 0) for text in sys.argv[1:])
    client = ModbusTcpClient("127.0.0.1", port=port)
    if not client.connect():
        sys.exit("no connection")
    answer = client.write_registers(address, words, slave=1)
    client.close()
    if answer.isError():
        sys.exit(f"refused: {answer}")


if __name__ == "__main__":
    main()
