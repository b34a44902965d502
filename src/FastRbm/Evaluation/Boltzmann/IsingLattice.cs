using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;

namespace FastRbm.Evaluation.Boltzmann;

/// <summary>
/// The Ising model of the square lattice, p(x) ~ exp(beta sum over neighbours of x_i x_j): exact energies, of the endless lattice and of a torus.
/// </summary>
/// <remarks>
/// <para>Energies here are those of the model, u = -(sum over neighbours of x_i x_j) / sites; E of the machine is beta times as much a site.</para>
/// <para>Endless: u = -coth(2b) [1 + (2 / pi) (2 tanh(2b)^2 - 1) K(k)], k = 2 sinh(2b) / cosh(2b)^2 (Onsager 1944), K by the
/// arithmetic-geometric mean. A torus of n columns and m rows (Kaufman 1949, equation 1 of Ferdinand and Fisher 1969):</para>
/// <code>
///   Z = 1/2 (2 sinh 2b)^(mn/2) [ prod 2 cosh(m g_(2r+1) / 2) + prod 2 sinh(m g_(2r+1) / 2) + prod 2 cosh(m g_2r / 2) + prod 2 sinh(m g_2r / 2) ]
///   cosh g_l = cosh 2b coth 2b - cos(pi l / n), g_0 = 2b + ln tanh b (of either sign), products over r = 0 .. n - 1
/// </code>
/// <para>Thread-safe.</para>
/// </remarks>
public static class IsingLattice
{
    /// <summary>The inverse temperature of the transition: ln(1 + sqrt 2) / 2 = 0.4407.</summary>
    public static double CriticalBeta { get; } = DoubleMath.Log(1 + Math.Sqrt(2)) / 2;

    /// <summary>A machine of spins on a torus with this model's distribution: J = beta, so W = beta / 2.</summary>
    /// <param name="height">Rows, at least 3.</param>
    /// <param name="width">Columns, at least 3.</param>
    /// <param name="beta">The inverse temperature; finite.</param>
    /// <returns>The machine.</returns>
    public static BoltzmannMachine Machine(int height, int width, double beta)
    {
        Throw.IfOutside(beta, -1000, 1000);
        BoltzmannMachine machine = new(CouplingGraph.Grid(height, width, periodic: true), UnitKind.Spin);
        machine.Edit((weights, _) => weights.Fill((float)(beta / 2)));
        return machine;
    }

    /// <summary>u of the endless lattice.</summary>
    /// <param name="beta">From 0 to 100.</param>
    /// <returns>From -2 to 0.</returns>
    public static double EndlessEnergy(double beta)
    {
        Throw.IfOutside(beta, 0, 100);
        if (beta == 0)
        {
            return 0;
        }

        double e = DoubleMath.Exp(-4 * beta);
        double tanh = (1 - e) / (1 + e);

        // (2 / pi) K(k) = 1 / agm(1, k'), k' = |2 tanh^2 - 1|; at the transition the product has the limit 0.
        double modulus = (2 * tanh * tanh) - 1;
        double part = modulus == 0 ? 0 : modulus / Mean(1, Math.Abs(modulus));
        return -(1 + part) / tanh;
    }

    /// <summary>The spontaneous magnetisation of the endless lattice: (1 - sinh(2b)^-4)^(1/8) beyond the transition, else 0 (Yang 1952).</summary>
    /// <param name="beta">From 0 to 100.</param>
    /// <returns>From 0 to 1.</returns>
    public static double EndlessMagnetisation(double beta)
    {
        Throw.IfOutside(beta, 0, 100);
        if (beta <= CriticalBeta)
        {
            return 0;
        }

        double inverse = 2 * DoubleMath.Exp(-2 * beta) / (1 - DoubleMath.Exp(-4 * beta));
        double square = inverse * inverse;
        return square < 1 ? DoubleMath.Exp(DoubleMath.Log1p(-square * square) / 8) : 0;
    }

    /// <summary>log Z of a torus.</summary>
    /// <param name="height">m, at least 3.</param>
    /// <param name="width">n, at least 3.</param>
    /// <param name="beta">From 0 to 100.</param>
    /// <returns>log Z in nats.</returns>
    public static double LogPartitionFunction(int height, int width, double beta) => Torus(height, width, beta).LogPartition;

    /// <summary>u of a torus: -d(log Z)/d(beta) / sites.</summary>
    /// <param name="height">m, at least 3.</param>
    /// <param name="width">n, at least 3.</param>
    /// <param name="beta">From 0 to 100.</param>
    /// <returns>From -2 to 0.</returns>
    public static double Energy(int height, int width, double beta) => -Torus(height, width, beta).Slope / ((double)height * width);

    private static double Mean(double a, double b)
    {
        while (Math.Abs(a - b) > 1e-15 * a)
        {
            (a, b) = ((a + b) / 2, Math.Sqrt(a * b));
        }

        return a;
    }

    private static (double LogPartition, double Slope) Torus(int height, int width, double beta)
    {
        Throw.IfLess(height, 3);
        Throw.IfLess(width, 3);
        Throw.IfOutside(beta, 0, 100);
        double sites = (double)height * width;
        if (beta < 1e-9)
        {
            // The first terms of the series: Z = 2^sites cosh(b)^(2 sites) (1 + O(b^3)).
            return ((sites * DoubleMath.Log(2)) + (sites * beta * beta), 2 * sites * beta);
        }

        // Logarithms and slopes of the four products; the sign of the last one is that of g_0.
        Span<double> logs = stackalloc double[4];
        Span<double> slopes = stackalloc double[4];
        logs.Clear();
        slopes.Clear();
        double sign = 1;
        for (int r = 0; r < width; r++)
        {
            Add(height, width, beta, (2 * r) + 1, ref logs[0], ref logs[1], ref slopes[0], ref slopes[1]);
            sign *= Add(height, width, beta, 2 * r, ref logs[2], ref logs[3], ref slopes[2], ref slopes[3]);
        }

        double most = double.NegativeInfinity;
        foreach (double log in logs)
        {
            most = Math.Max(most, log);
        }

        double sum = 0;
        double slope = 0;
        for (int term = 0; term < 4; term++)
        {
            double weight = (term == 3 ? sign : 1) * DoubleMath.Exp(logs[term] - most);
            sum += weight;
            slope += weight * slopes[term];
        }

        // log(2 sinh 2b) = 2b + log(1 - e^-4b); its slope is 2 coth 2b.
        double e = DoubleMath.Exp(-4 * beta);
        double front = (2 * beta) + DoubleMath.Log1p(-e);
        return (
            (sites / 2 * front) - DoubleMath.Log(2) + most + DoubleMath.Log(sum),
            (sites / 2 * 2 * (1 + e) / (1 - e)) + (slope / sum));
    }

    /// <summary>Multiplies by 2 cosh(m g / 2) and |2 sinh(m g / 2)|.</summary>
    /// <returns>The sign of g.</returns>
    private static double Add(int height, int width, double beta, int l, ref double logCosh, ref double logSinh, ref double slopeCosh, ref double slopeSinh)
    {
        double e = DoubleMath.Exp(-4 * beta);
        double sinh = (1 - e) / (2 * DoubleMath.Exp(-2 * beta));
        double cosh = (1 + e) / (2 * DoubleMath.Exp(-2 * beta));
        double g;
        double slope;
        if (l == 0)
        {
            double t = DoubleMath.Exp(-2 * beta);
            g = (2 * beta) + DoubleMath.Log1p(-t) - DoubleMath.Log1p(t);
            slope = 2 + (2 / sinh);
        }
        else
        {
            // cosh g - 1 is small near the transition: 1 - cos(pi l / n) = 2 sin(pi l / 2n)^2, cosh coth - 2 = (sinh - 1)^2 / sinh.
            double half = DoubleMath.SinCosTurns(l / (4.0 * width)).Sin;
            double above = ((sinh - 1) * (sinh - 1) / sinh) + (2 * half * half);
            double root = Math.Sqrt(above * (above + 2));
            g = DoubleMath.Log1p(above + root);

            // d(cosh coth)/db = 2 cosh (1 - 1 / sinh^2).
            slope = 2 * cosh * (1 - (1 / (sinh * sinh))) / root;
        }

        // At the transition itself the last product is 0 with a slope: a number next to 0 has both.
        g = g == 0 ? 1e-250 : g;
        double size = Math.Abs(height * g);
        double tail = DoubleMath.Exp(-size);
        double rest = size < 1e-3 ? size * (1 - (size / 2 * (1 - (size / 3 * (1 - (size / 4)))))) : 1 - tail;
        double tanh = Math.CopySign(rest / (1 + tail), g);
        logCosh += (size / 2) + DoubleMath.Log1p(tail);
        slopeCosh += height / 2.0 * slope * tanh;
        logSinh += (size / 2) + DoubleMath.Log(rest);
        slopeSinh += height / 2.0 * slope / tanh;
        return Math.Sign(g);
    }
}
