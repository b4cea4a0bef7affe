using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>An authority made for one test, with certificates for the broker and for an agent, as PEM files.</summary>
internal sealed class PlantCa : IDisposable
{
    private readonly TempFolder _folder;
    private readonly X509Certificate2 _authority;

    public PlantCa(TempFolder folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        Authority = folder.Write("tls/ca.pem", _authority.ExportCertificatePem());
    }

    /// <summary>File with the authority's certificate.</summary>
    public string Authority { get; }

    /// <summary>Files with a certificate and its key; in one file for the broker, as Kafka wants it.</summary>
    public (string Certificate, string Key, string Both) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_authority, now.AddHours(-1), now.AddDays(1), Guid.NewGuid().ToByteArray());
        var (cert, secret) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        return (_folder.Write($"tls/{name}.pem", cert), _folder.Write($"tls/{name}.key", secret), _folder.Write($"tls/{name}-both.pem", secret + "\n" + cert + "\n"));
    }

    public void Dispose() => _authority.Dispose();
}
