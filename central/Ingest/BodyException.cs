
namespace Penstock.Central.Ingest;

/// <summary>A body that cannot be taken as a whole; the message says the repair.</summary>
internal sealed class BodyException(int status, string title, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public static BodyException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, "Body too large", message);

    public static BodyException WrongEncoding(string message) => new(StatusCodes.Status415UnsupportedMediaType, "Unknown encoding", message);

    public static BodyException Unusable(string message, Exception? inner = null) =>
        new(StatusCodes.Status400BadRequest, "Unusable body", message, inner);

    public static BodyException Busy(string message) => new(StatusCodes.Status503ServiceUnavailable, "Busy", message);
}
