using System.Buffers.Binary;
using System.Text;

namespace Penstock.Central.Historian.Postgres;

/// <summary>
/// Rows in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format"): signature, flags, extension length; per row
/// the number of fields, per field its length (-1: null) and big-endian value; at the end a row of -1 fields.
/// </summary>
internal sealed class CopyBuffer
{
    private const int KeepBytes = 8 << 20;
    private const long Year2000 = 946_684_800_000_000;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Begin()
    {
        if (_bytes.Length > KeepBytes)
            _bytes = new byte[64 * 1024];
        _length = 0;
        Header.CopyTo(Room(Header.Length));
    }

    public void Row(short fields) => BinaryPrimitives.WriteInt16BigEndian(Room(2), fields);

    public void End() => Row(-1);

    public void Int16(short value)
    {
        Length(2);
        BinaryPrimitives.WriteInt16BigEndian(Room(2), value);
    }

    public void Int32(int value)
    {
        Length(4);
        BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
    }

    public void Int64(long value)
    {
        Length(8);
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
    }

    public void Moment(Contracts.Timestamp value) => Int64(value.Microseconds - Year2000);

    public void Boolean(bool value)
    {
        Length(1);
        Room(1)[0] = value ? (byte)1 : (byte)0;
    }

    public void Number(double? value)
    {
        if (value is not { } number)
        {
            Null();
            return;
        }

        Length(8);
        BinaryPrimitives.WriteDoubleBigEndian(Room(8), number);
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        value = Sql.Clean(value)!; // not null
        var length = Encoding.UTF8.GetByteCount(value);
        Length(length);
        Encoding.UTF8.GetBytes(value, Room(length));
    }

    public void Null() => Length(-1);

    private void Length(int bytes) => BinaryPrimitives.WriteInt32BigEndian(Room(4), bytes);

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        var room = _bytes.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}
